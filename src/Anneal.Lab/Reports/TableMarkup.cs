namespace Anneal.Lab.Reports;

/// <summary>Tables as HTML; columns whose cells all read as numbers stand flush right.</summary>
internal static class TableMarkup
{
    public static Markup Of(Table table)
    {
        var numeric = table.Columns.Select((_, i) => table.Rows.Count > 0 && table.Rows.All(row => IsNumber(row[i]))).ToList();
        return Markup.Of($"""
            <table><thead><tr>{Markup.Join(table.Columns.Index(), column => Markup.Of($"<th scope=\"col\"{Class(column.Index)}>{column.Item}</th>"))}</tr></thead>
            <tbody>{Markup.Join(table.Rows, row => Markup.Of($"<tr>{Markup.Join(row.Index(), cell => Markup.Of($"<td{Class(cell.Index)}>{cell.Item}</td>"))}</tr>"))}</tbody></table>
            """);

        Markup Class(int column) => numeric[column] ? Markup.Of($" class=\"n\"") : Markup.Empty;
    }

    private static bool IsNumber(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[0]) || cell[0] is '+' or '−' or '–' or '∞');
}
