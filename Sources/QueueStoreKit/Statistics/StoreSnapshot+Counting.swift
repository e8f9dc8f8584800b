package import QueueModel

// The counting of a snapshot, which all stores share.
extension StoreSnapshot {
    /// Adds active jobs of a type and a group; `isDue` tells whether they may start now.
    package mutating func count(
        _ state: JobState, type: JobType, group: String?, isDue: Bool = false, jobs count: Int = 1
    ) {
        counts[state] += count
        types[type, default: StoreSnapshot.ActiveCounts()].add(count, state, isDue: isDue)
        if let group {
            groups[group, default: StoreSnapshot.ActiveCounts()].add(count, state, isDue: isDue)
        } else {
            withoutGroup.add(count, state, isDue: isDue)
        }
    }

    /// Sets ``rates`` once all active jobs are counted.
    ///
    /// - Parameters:
    ///   - rules: The rules with the rates.
    ///   - now: The current instant.
    ///   - bucket: Returns the bucket of a type's or a group's rate.
    package mutating func setRates(
        of rules: AdmissionRules, at now: Timestamp, bucket: (StoreSnapshot.RateStatus.Owner) -> TokenBucket
    ) {
        func standing(_ owner: StoreSnapshot.RateStatus.Owner, _ limit: RateLimit) -> StoreSnapshot.RateStatus {
            let bucket = bucket(owner)
            return StoreSnapshot.RateStatus(
                owner: owner, limit: limit, tokens: bucket.tokens(of: limit, at: now),
                nextToken: bucket.nextToken(of: limit, at: now))
        }
        var ofTypes: [JobType: RateLimit] = [:]
        for rate in rules.typeRates.values { ofTypes[rate.bucket] = rate.limit }
        rates = ofTypes.sorted { $0.key.rawValue < $1.key.rawValue }.map { standing(.type($0.key), $0.value) }
        let names = Set(rules.groups.keys).union(rules.otherGroups.rate == nil ? [] : Set(groups.keys))
        rates += names.sorted().compactMap { name in
            (rules.groups[name] ?? rules.otherGroups).rate.map { standing(.group(name), $0) }
        }
    }
}
