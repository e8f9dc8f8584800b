import Foundation

/// A time zone of the system's copy of the IANA data.
package struct SystemZone: ZoneRules {
    private let zone: TimeZone

    /// Looks up a zone by its identifier; `nil` if there is none.
    package init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    package func offset(at utcSeconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(utcSeconds))))
    }
}
