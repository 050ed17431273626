import GRDB
import ReelStore
import Synchronization

/// The table through which the processes that use a database tell each other what they have done.
final class ChangeLog: Sendable {
    private let pool: DatabasePool
    /// The number of the last change that is known.
    private let last = Mutex<Int64?>(nil)

    /// How many changes are kept for those who listen.
    private static let mostKept: Int64 = 4_096

    init(_ pool: DatabasePool) { self.pool = pool }

    /// Adds changes to the transaction that makes them.
    static func append(_ changes: [RecordingChange], in db: Database) throws {
        guard !changes.isEmpty else { return }
        for change in changes {
            try db.execute(sql: "INSERT INTO reel_changes (change) VALUES (?)", arguments: [change.text])
        }
        try db.execute(
            sql: "DELETE FROM reel_changes WHERE number <= ?", arguments: [db.lastInsertedRowID - mostKept])
    }

    /// The changes that were added since this was last asked; none the first time.
    func news() -> [RecordingChange] {
        last.withLock { last in
            do {
                guard let known = last else {
                    last = try pool.read { try ChangeLog.end(in: $0) }
                    return []
                }
                let (rows, end) = try pool.read { db in
                    (
                        try Row.fetchAll(
                            db, sql: "SELECT number, change FROM reel_changes WHERE number > ? ORDER BY number",
                            arguments: [known]), try ChangeLog.end(in: db)
                    )
                }
                last = end
                let changes = rows.map { RecordingChange(text: $0["change"] as String) }
                // Those in between were too many to be kept.
                return Int64(rows.count) == end - known ? changes : [.unknown] + changes
            } catch {
                // The database is busy, or gone: it is looked at again.
                return []
            }
        }
    }

    private static func end(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT COALESCE(MAX(number), 0) FROM reel_changes") ?? 0
    }
}
