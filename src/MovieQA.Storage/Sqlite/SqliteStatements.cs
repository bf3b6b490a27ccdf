using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MovieQA.Storage.Sqlite;

/// <summary>Short forms of running a statement.</summary>
internal static class SqliteStatements
{
    public static int Run(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Prepare(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; <c>default</c> when there is none.</summary>
    public static T? Scalar<T>(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Prepare(sql, parameters);
        return command.ExecuteScalar() is T value ? value : default;
    }

    public static List<T> Rows<T>(
        this SqliteConnection connection, Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Prepare(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Takes the write lock at once, so that what the action reads cannot change before it writes; all or nothing reaches the disk.</summary>
    public static void InWriteTransaction(this SqliteConnection connection, Action action)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            action();
            connection.Run("COMMIT");
        }
        catch
        {
            // After a full disk SQLite has rolled back by itself.
            if (raw.sqlite3_get_autocommit(connection.Handle!) == 0)
            {
                connection.Run("ROLLBACK");
            }

            throw;
        }
    }

    private static SqliteCommand Prepare(this SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant text; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
