import ExampleSupport
import Foundation

/// The directory tree that is worked off, as executors find it in their state.
///
/// Jobs name files by their paths below the root, so that they mean the same wherever the tree stands.
struct Tree: Sendable {
    /// The root's absolute path.
    let root: String
    /// The absolute paths of files that the program itself writes, which are not part of the tree.
    let ownFiles: Set<String>
    /// The size in bytes from which a file is checksummed too.
    let largeFrom: Int64

    /// An entry of a directory.
    struct Entry: Sendable {
        /// The path below the root.
        var path: String
        /// `nil` for a directory.
        var bytes: Int64?
    }

    /// The subdirectories and regular files of a directory, by name; links are not followed.
    func list(_ directory: String) throws -> [Entry] {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: absolute(directory)).sorted().compactMap { name in
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            let absolute = absolute(path)
            // A file that vanishes between the two calls is not part of the tree.
            guard !ownFiles.contains(absolute), let attributes = try? manager.attributesOfItem(atPath: absolute)
            else { return nil }
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory?: return Entry(path: path, bytes: nil)
            case .typeRegular?: return Entry(path: path, bytes: (attributes[.size] as? NSNumber)?.int64Value ?? 0)
            default: return nil
            }
        }
    }

    /// Returns the absolute path of a relative one; an absolute path is returned as it is.
    func absolute(_ path: String) -> String {
        if path.isEmpty { return root }
        if path.hasPrefix("/") { return path }
        return root.hasSuffix("/") ? root + path : "\(root)/\(path)"
    }

    /// The subtree that a directory is in: the first directory on the way to it, which is the group of its files' jobs.
    static func subtree(of directory: String) -> String {
        directory.split(separator: "/").first.map(String.init) ?? "(root)"
    }

    /// The directory that a file is in.
    static func directory(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
    }

    /// A file's extension, to count by: short and plain, else none.
    static func fileExtension(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        let text = name[name.index(after: dot)...].lowercased()
        return text.utf8.count <= 16 && text.allSatisfy { $0.isLetter || $0.isNumber } ? text : ""
    }
}
