import CProcess

/// The environment that a program is given.
public struct ProgramEnvironment: Hashable, Sendable {
    private enum Base: Hashable, Sendable { case empty, minimal, inherited }

    private var base: Base
    private var values: [String: String] = [:]

    /// Only what programs need to find their way.
    ///
    /// This process's `PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `TMPDIR`, `TZ`, `LANG` and `LC_…`, where they are set.
    /// Keys and passwords that a service is often given in its environment don't get into every program that it runs.
    public static let minimal = ProgramEnvironment(base: .minimal)
    /// All of this process's environment at the time when the program starts.
    public static let inherited = ProgramEnvironment(base: .inherited)

    /// These variables and no others.
    public static func exactly(_ values: [String: String]) -> ProgramEnvironment {
        ProgramEnvironment(base: .empty, values: values)
    }

    /// The environment with variables added, or set to other values.
    ///
    /// A name must not be empty or have a `=` or NUL, a value no NUL; else the program is not run.
    public func setting(_ values: [String: String]) -> ProgramEnvironment {
        ProgramEnvironment(base: base, values: self.values.merging(values) { $1 })
    }

    func validate() throws(ProgramError) {
        for (name, value) in values where name.isEmpty || name.contains("=") || "\(name)\(value)".utf8.contains(0) {
            // Values may be secrets.
            throw ProgramError(
                .invalid, "the name or value of a variable is not allowed: \(name.prefix { $0 != "\0" })")
        }
    }

    private static let needed: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG"]

    /// The variables, given those of this process.
    func variables(of parent: [String: String]) -> [String: String] {
        let inherited =
            switch base {
            case .empty: [String: String]()
            case .minimal: parent.filter { Self.needed.contains($0.key) || $0.key.hasPrefix("LC_") }
            case .inherited: parent
            }
        return inherited.merging(values) { $1 }
    }

    /// The variables of this process.
    static func ofThisProcess() -> [String: String] {
        var variables: [String: String] = [:]
        var next = cprocess_environment()
        while let entry = next?.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next = next?.successor()
        }
        return variables
    }
}
