import DPDKMultiProcess
import Testing

@Suite("The grammar of lcores")
struct LcoreGrammarTests {
    @Test func readsTheExampleOfDPDKsDocumentation() {
        let map = LcoreGrammar.map("1,2@(5-7),(3-5)@(0,2),(0,6),7-8")
        #expect(
            map?.map(\.description)
                == ["0@(0,6)", "1@1", "2@(5,6,7)", "3@(0,2)", "4@(0,2)", "5@(0,2)", "6@(0,6)", "7@7", "8@8"])
    }

    @Test(arguments: [
        ("3@0", "3@0"), ("0-2", "0@0 1@1 2@2"), ("(0-2)@1", "0@1 1@1 2@1"), ("(0,2)@(1-3)", "0@(1,2,3) 2@(1,2,3)"),
        ("0@1-3", "0@(1,2,3)"), (" 0 , ( 1 - 2 ) @ 3 ", "0@0 1@3 2@3"), ("(3-1)@0", "1@0 2@0 3@0"), ("5@(0)", "5@0"),
    ])
    func readsMaps(text: String, expected: String) {
        let read = LcoreGrammar.map(text)?.map(\.description).joined(separator: " ")
        #expect(read == expected)
    }

    @Test(arguments: [("0x5", [0, 2]), ("F0", [4, 5, 6, 7]), ("10000000000000000", [64])])
    func readsMasks(text: String, expected: [Int]) { #expect(LcoreGrammar.mask(text) == expected) }

    @Test(arguments: [("0", [0]), ("2,0,2", [0, 2]), ("0-1, 4 - 5", [0, 1, 4, 5])])
    func readsLists(text: String, expected: [Int]) { #expect(LcoreGrammar.list(text) == expected) }

    @Test func readsNumbersThatNoMachineHas() {
        #expect(LcoreGrammar.list("1024,5000") == [1024, 5000])
        #expect(LcoreGrammar.map("0@1024")?.first?.cpus == [1024])
        // The end of a range is enough to refuse it, and no memory is used for the ids before.
        #expect(LcoreGrammar.list("0-9999999999") == [9_999_999_999])
        #expect(LcoreGrammar.list("99999999999999999999") == nil)
    }

    @Test func drawsRangesTogether() { #expect(LcoreGrammar.describe([5, 0, 1, 2, 7, 8]) == "0-2,5,7-8") }
}
