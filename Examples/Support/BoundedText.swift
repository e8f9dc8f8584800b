/// A path as a key, a tag or a label may have it: they are shorter than paths may be.
///
/// Of one that is too long its end is kept, which says most, behind its hash, which tells it from others.
public func boundedText(_ path: String, bytes limit: Int = 512) -> String {
    guard path.utf8.count > limit else { return path }
    // A hundred characters may be any number of bytes.
    var end = path.suffix(100)
    while end.utf8.count > limit - 33 { end.removeFirst() }
    return "\(FNV1a128(of: path).digest) \(end)"
}
