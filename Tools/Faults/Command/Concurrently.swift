/// Works on elements, as many at once as there are processors, and takes each result when it is there.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Result,
    take: (Element, Result) throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Element, Result).self) { group in
        for (index, element) in elements.enumerated() {
            if index >= processorCount, let (done, result) = try await group.next() { try take(done, result) }
            group.addTask { @concurrent in (element, try await body(element)) }
        }
        while let (done, result) = try await group.next() { try take(done, result) }
    }
}
