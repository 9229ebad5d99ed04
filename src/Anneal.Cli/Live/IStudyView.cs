using Anneal.Lab;

namespace Anneal.Cli.Live;

/// <summary>Shows a running study: on a terminal that moves, or as plain lines. Told events from several threads; disposing leaves the terminal as it was.</summary>
internal interface IStudyView : IProgress<StudyEvent>, IDisposable;
