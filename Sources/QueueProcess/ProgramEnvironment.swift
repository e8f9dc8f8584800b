import CProcess

/// The environment variables of a program.
public struct ProgramEnvironment: Hashable, Sendable {
    private enum Base: Hashable, Sendable { case empty, minimal, inherited }

    private var base: Base
    private var values: [String: String] = [:]

    /// Only the variables that most programs need.
    ///
    /// These are `PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `TMPDIR`, `TZ`, `LANG`, and `LC_…`, as far as they are
    /// set in this process. Keys and passwords, which services often receive in their environment, are not passed on.
    public static let minimal = ProgramEnvironment(base: .minimal)
    /// The complete environment of this process at the time when the program starts.
    public static let inherited = ProgramEnvironment(base: .inherited)

    /// Returns an environment with these variables and no others.
    public static func exactly(_ values: [String: String]) -> ProgramEnvironment {
        ProgramEnvironment(base: .empty, values: values)
    }

    /// Returns this environment with variables added or replaced.
    ///
    /// A name must not be empty or contain `=` or NUL, and a value must not contain NUL; otherwise running the program
    /// throws ``ProgramError/Code/invalid``.
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

    /// Returns the variables, given those of this process.
    func variables(of parent: [String: String]) -> [String: String] {
        let inherited =
            switch base {
            case .empty: [String: String]()
            case .minimal: parent.filter { Self.needed.contains($0.key) || $0.key.hasPrefix("LC_") }
            case .inherited: parent
            }
        return inherited.merging(values) { $1 }
    }

    /// Returns the variables of this process.
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
