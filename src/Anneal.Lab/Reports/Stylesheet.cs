namespace Anneal.Lab.Reports;

/// <summary>
/// How the page looks: on a screen by day, in a dark room, on paper. Text keeps 4.5:1 and marks 3:1 against their ground in all three
/// (WCAG 2.2 AA); every colour is doubled by a shape, a dash or a word.
/// </summary>
internal static class Stylesheet
{
    public const string Css = """
        :root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1b1b1a;--soft:#595955;--rule:#dcdbd4;--wash:#f3f2ec;--good:#1a5fa8;--bad:#a8420e;--unsure:#66665f;--band:#c9daee}
        @media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e8e6df;--soft:#a6a59e;--rule:#363a3f;--wash:#1e2125;--good:#82b8f2;--bad:#f0a071;--unsure:#a6a59e;--band:#2a4462}}
        @media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--rule:#bbb;--wash:#fff;--good:#0f4a8a;--bad:#8a340a;--unsure:#555;--band:#d3e0f0}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 Charter,"Bitstream Charter","Iowan Old Style",Palatino,Georgia,serif}
        main{max-width:54rem;margin:0 auto;padding:3.5rem 1.25rem 5rem}
        .label,nav,figcaption,table,.key,dl,footer,summary,.chip{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        .label{font-size:.82rem;color:var(--soft);margin:0 0 1rem}
        h1{font-size:1.8rem;line-height:1.28;font-weight:600;margin:0 0 .9rem;text-wrap:pretty;max-width:44rem}
        h2{font-size:1.25rem;line-height:1.3;font-weight:600;margin:3.2rem 0 .7rem;padding-top:.9rem;border-top:1px solid var(--rule)}
        h3{font-size:1rem;font-weight:600;margin:1.6rem 0 .4rem}
        p{margin:0 0 .8rem;max-width:44rem}
        .lead{font-size:1.08rem;color:var(--soft)}
        nav{font-size:.84rem;margin:1.6rem 0 0;line-height:2}
        nav a{margin-right:1rem;white-space:nowrap}
        a{color:var(--good);text-underline-offset:2px}
        code,pre,.hash{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.84em}
        code,.hash{overflow-wrap:anywhere}
        pre{background:var(--wash);border:1px solid var(--rule);padding:.8rem 1rem;overflow-x:auto;line-height:1.45;margin:.4rem 0 1rem}
        figure{margin:2.4rem 0 2.8rem}
        figcaption{font-size:.92rem;line-height:1.5;margin-bottom:.6rem}
        figcaption b{font-weight:650}
        .scroll{overflow-x:auto}
        svg{display:block;width:100%;min-width:34rem;height:auto;overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        .key{font-size:.8rem;line-height:1.5;color:var(--soft);margin:.5rem 0 0}
        details{margin:.5rem 0}
        summary{font-size:.8rem;color:var(--soft);cursor:pointer;min-height:24px}
        summary:hover{color:var(--ink)}
        table{border-collapse:collapse;font-size:.82rem;line-height:1.42;width:100%;font-variant-numeric:tabular-nums}
        th{font-weight:600;text-align:left;color:var(--soft);border-bottom:1px solid var(--soft);vertical-align:bottom}
        th,td{padding:.32rem .7rem .32rem 0}
        td{border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:break-word;max-width:22rem}
        td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
        .experiments td{padding-top:.6rem;padding-bottom:.7rem}
        .experiments .what{min-width:15rem}
        .experiments small{display:block;font-size:.95em;color:var(--soft);margin-top:.2rem}
        .rung{white-space:nowrap;margin-bottom:.4rem}.rung b{font-weight:600}
        .chip{white-space:nowrap;font-weight:600}
        .chip.confirmed,.chip.suggestive{color:var(--good)}.chip.rejected,.chip.invalid{color:var(--bad)}.chip.inconclusive{color:var(--unsure)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;font-size:.86rem;margin:.6rem 0 1rem}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        footer{font-size:.8rem;color:var(--soft);margin-top:4rem;border-top:1px solid var(--rule);padding-top:.8rem}
        text{fill:var(--ink)}text.faint{fill:var(--soft)}text.small{fill:var(--soft);font-size:11px}text.strong{font-weight:600}text.halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}text.blue{fill:var(--good)}text.middle{text-anchor:middle}text.end{text-anchor:end}
        .grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}.zero{stroke:var(--ink);stroke-width:1}.least{stroke:var(--soft);stroke-width:1;stroke-dasharray:5 4}
        .join{stroke:var(--soft);stroke-width:1.5}.rug{stroke:var(--ink);stroke-width:1.5}.interval{stroke:var(--ink);stroke-width:1.4}.guess{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:3 2}
        .stairs{fill:none;stroke:var(--good);stroke-width:2}.mean{fill:none;stroke:var(--good);stroke-width:1.6}.band{fill:var(--band)}.dot{fill:var(--ink)}
        .baseline{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}.champion{fill:var(--good)}
        .sign{stroke-width:1.8;fill:none;stroke:var(--unsure)}.sign.confirmed{fill:var(--good);stroke:var(--good)}.sign.suggestive{fill:var(--paper);stroke:var(--good)}
        .sign.inconclusive{fill:var(--paper)}.sign.rejected{fill:var(--bad);stroke:var(--bad)}.sign.invalid{stroke:var(--bad);stroke-width:2.4}.sign.open{fill:var(--unsure)}
        .track{fill:var(--wash);stroke:var(--rule);stroke-width:1}.reached{fill:var(--good)}.short{fill:var(--unsure)}.bar{stroke:var(--ink);stroke-width:2}
        .curve-baseline{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-dasharray:5 3}.curve-champion{fill:none;stroke:var(--good);stroke-width:1.5}
        @media (max-width:40rem){body{font-size:16px}h1{font-size:1.45rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
        @media print{@page{margin:16mm}body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h1{font-size:17pt}h2,h3,figcaption{break-after:avoid}figcaption,figure>.scroll,tr{break-inside:avoid}
        .scroll{overflow:visible}svg{min-width:0}pre{white-space:pre-wrap;font-size:8pt}a{color:inherit}table{font-size:8.5pt}.experiments .what{min-width:0}summary{list-style:none}details::details-content{content-visibility:visible;block-size:auto}}
        """;
}
