namespace Anneal.Lab.Studies;

/// <summary>The work of a study, on our own trainer or on a repository; one sitting at it.</summary>
internal interface ICampaign : IAsyncDisposable
{
    /// <summary>The study, as a table of contents.</summary>
    /// <param name="sitting">Its time.</param>
    /// <returns>A closing sentence.</returns>
    Task<string> RunToEndAsync(Sitting sitting);
}
