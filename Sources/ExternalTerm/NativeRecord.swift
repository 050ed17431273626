/// A native record of Erlang/OTP 29: the values of fields that a module has named. Implements Spec/terms.md §2.
///
/// Records whose fields stand in different orders are different values, though they are one key of a map.
public struct NativeRecord: Hashable, Sendable {
    /// A field and its value.
    public struct Field: Hashable, Sendable {
        /// The field's name.
        public var name: Atom
        /// Its value.
        public var value: Term

        /// Creates a field.
        public init(_ name: Atom, _ value: Term) {
            self.name = name
            self.value = value
        }
    }

    /// The module that has defined the record.
    public var module: Atom
    /// The record's name in it.
    public var name: Atom
    /// Whether other modules may look into it.
    public var isExported: Bool
    /// The fields, in the order in which they were defined. No name is there twice.
    public let fields: [Field]

    /// Creates a record, or returns nil when a field is named twice.
    public init?(module: Atom, name: Atom, isExported: Bool, fields: [Field]) {
        guard Set(fields.map(\.name)).count == fields.count else { return nil }
        self.init(checked: module, name, isExported: isExported, fields)
    }

    /// Creates a record whose fields are known to have different names.
    init(checked module: Atom, _ name: Atom, isExported: Bool, _ fields: [Field]) {
        self.module = module
        self.name = name
        self.isExported = isExported
        self.fields = fields
    }

    /// The record with other values, one for each field.
    ///
    /// - Throws: what `transform` throws.
    public func mapValues(_ transform: (Field) throws -> Term) rethrows -> NativeRecord {
        NativeRecord(
            checked: module, name, isExported: isExported, try fields.map { Field($0.name, try transform($0)) })
    }

    /// The fields in the order of their names.
    var sortedFields: [Field] { fields.sorted { $0.name < $1.name } }
}
