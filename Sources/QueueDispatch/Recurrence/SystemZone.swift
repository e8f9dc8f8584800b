import Foundation

/// A time zone as the system's copy of the IANA data knows it.
package struct SystemZone: ZoneRules {
    private let zone: TimeZone

    /// Looks a zone up by its identifier; `nil` if the data has none.
    package init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    package func offset(at utcSeconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(utcSeconds))))
    }
}
