extension AdmissionRules {
    /// How many jobs of a group may run over all workers, so that a slot which one frees may be what another waits for; `nil` if no limit
    /// of the group counts them all.
    package func sharedLimit(ofGroup group: String) -> Int? {
        let rule = groups[group] ?? otherGroups
        return rule.scope == .shared ? rule.limit : nil
    }
}
