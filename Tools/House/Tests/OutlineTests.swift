import HouseCounts
import Testing

@Suite struct OutlineTests {
    private func members(_ source: String) -> [String] {
        Outline(source).declarations.filter(\.isMember).map { "\($0.owner).\($0.name)" }
    }

    @Test func `functions, initializers, subscripts and properties are members`() {
        let source = """
            struct Box<T>: Sendable where T: Sendable {
                var a = 0, b: Int { 1 }
                private let c, d: Int
                case e
                init?(_ a: Int = { 3 }()) { let local = 1 }
                subscript(index: Int) -> Int { get { 0 } set { var x = newValue } }
                static func == (a: Self, b: Self) -> Bool { true }
                struct Inner { let f: Int }
            }
            extension Box.Inner { func g() { func nested() {} } }
            """
        #expect(
            members(source) == [
                "Box.a", "Box.c", "Box.d", "Box.init", "Box.subscript", "Box.==", "Box.Inner.f", "Box.Inner.g",
            ])
    }

    @Test func `braces in strings, comments and expressions open nothing`() {
        let source = #"""
            struct S {
                let a = "{ \(["}": "{"].map { "\($0)" }) \" {"
                let b = #"" { \"#
                let c = """
                    { " {
                    """
                // {
                /* { /* { */ */
                let d = try! Regex(/[{"]/)
                func e() {}
            }
            func f() {}
            """#
        #expect(members(source) == ["S.a", "S.b", "S.c", "S.d", "S.e"])
        #expect(Outline(source).declarations.last?.owner.isEmpty == true)
    }

    @Test func `a body has its lines and tokens`() throws {
        let source = """
            func one() {
                two()
            }

            func two() {}
            """
        let declarations = Outline(source).declarations
        #expect(declarations.map(\.lineCount) == [3, 1])
        let body = try #require(declarations.first?.body)
        #expect(Outline(source).tokens[body].map(\.text) == ["two", "(", ")"])
    }

    @Test func `what is public is told from its modifiers, or from its extension, protocol or enumeration`() {
        let source = """
            public enum E { case a; func b() {} }
            public extension E { func c() {}; private func d() {} }
            public protocol P { var e: Int { get } }
            @frozen public final class C { public private(set) var f = 0 }
            enum I { case g }
            @_spi(Testing) public struct T {}
            """
        let declarations = Outline(source).declarations
        #expect(declarations.filter(\.isPublic).map(\.name) == ["E", "a", "E", "c", "P", "e", "C", "f"])
    }

    @Test func `a stored mutex or atomic is a lock`() {
        let source = """
            final class C {
                private let a: Mutex<Int>
                let b = Atomic<Int>(0)
                let c = 0
                init() { a = Mutex(0) }
                func d(_ lock: borrowing Mutex<Int>) {}
            }
            """
        #expect(Outline(source).declarations.filter(\.isLock).map(\.name) == ["a", "b"])
    }
}
