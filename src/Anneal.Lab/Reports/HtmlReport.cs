using Anneal.Lab.Ledger;

namespace Anneal.Lab.Reports;

/// <summary>
/// A study as one HTML page that needs nothing else: no script, no request, no clock. The same record gives the same bytes. It reads in a
/// dark room and on paper; each figure carries a sentence and its numbers.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page.</summary>
    /// <param name="study">The study as the ledger holds it; it need not be finished.</param>
    public static string Render(StudyRecord study)
    {
        var headline = Headline.Of(study);
        return Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Anneal">
            <title>{study.Spec.Study}: study report</title>
            <style>{Css}</style>
            </head>
            <body>
            <main>
            <p class="label">Study report · {study.Spec.Study} · researcher: {study.ResearcherName()}</p>
            <h1>{headline.Verdict}</h1>
            <p class="lead">{headline.Detail}</p>
            {Contents}
            {PlanSection.Of(study)}
            <h2 id="findings">What was found</h2>
            {FigureMarkup(1, SealedFigure.Of(study))}
            {FigureMarkup(2, StaircaseFigure.Of(study))}
            {FigureMarkup(3, PairsFigure.Of(study))}
            {FigureMarkup(4, NoiseFigure.Of(study))}
            {ResearcherSection.Of(study)}
            {FigureMarkup(5, CalibrationFigure.Of(study))}
            {FigureMarkup(6, CurvesFigure.Of(study))}
            {ExperimentsSection.Of(study)}
            {AccountSection.Of(study)}
            {RecipesSection.Of(study)}
            {ReproduceSection.Of(study)}
            <footer>Made by Anneal from the lab's ledger. Effects are control minus treatment in {Units.Objective(study.Spec.Objective)}: positive is better.</footer>
            </main>
            </body>
            </html>

            """).ToString();
    }

    private static Markup Css => Markup.Trusted(Stylesheet.Css);

    private static Markup Contents => Markup.Of($"""
        <nav aria-label="Contents">
        <a href="#plan">The plan</a> <a href="#sealed">Sealed comparison</a> <a href="#staircase">Kept and discarded</a>
        <a href="#pairs">Evidence</a> <a href="#noise">Noise</a> <a href="#calibration">Predictions</a>
        <a href="#curves">Curves</a> <a href="#experiments">All experiments</a> <a href="#account">Compute</a>
        <a href="#recipes">Recipes</a> <a href="#reproduce">Reproduce</a>
        </nav>
        """);

    private static Markup FigureMarkup(int number, Figure figure) => Markup.Of($"""
        <figure id="{figure.Id}">
        <figcaption><b>Figure {number}. {figure.Title}.</b> {figure.Summary}</figcaption>
        {(figure.Picture is { } picture ? Markup.Of($"<div class=\"scroll\">{picture.Svg(figure.Id, figure.Title, figure.Summary)}</div><p class=\"key\">{figure.Key}</p>") : Markup.Empty)}
        {(figure.Table.Rows.Count == 0 ? Markup.Empty : Markup.Of($"<details><summary>The numbers of figure {number}</summary><div class=\"scroll\">{TableMarkup.Of(figure.Table)}</div></details>"))}
        </figure>
        """);
}
