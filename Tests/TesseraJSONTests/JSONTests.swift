import TesseraJSON
import Testing

@Suite struct JSONTests {
    static let values: [JSONValue] = [
        .null, true, false, 0, -1, .integer(.max), .integer(.min), 0.5, -1e-9, 1e300, .real(3),
        "", "a", "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é\u{1F600}\u{2028}",
        [], [1, [2, [3, []]], "x"], .object([:]),
        ["a": 1, "b": ["c": [true, .null], "d": "e"], "": [:] as JSONValue],
    ]

    @Test(arguments: values) func aPrintedValueReadsBack(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.compactText) == value)
        #expect(try JSONValue(parsing: value.indentedText) == value)
    }

    @Test func printingIsStable() {
        let value: JSONValue = ["z": [1, 2.5, "x"], "a": ["b": [[1], []]], "c": [] as JSONValue]
        #expect(value.compactText == #"{"z":[1,2.5,"x"],"a":{"b":[[1],[]]},"c":[]}"#)
        #expect(
            value.indentedText == """
                {
                  "z": [1, 2.5, "x"],
                  "a": {
                    "b": [
                      [1],
                      []
                    ]
                  },
                  "c": []
                }

                """)
        #expect(JSONValue.array([.real(.infinity), .real(.nan)]).compactText == "[null,null]")
    }

    @Test(arguments: [
        (#""\u0041\ud83d\ude00\/""#, "A\u{1F600}/"), (#""é""#, "é"),
        (#""\"\\\b\f\n\r\t""#, "\"\\\u{8}\u{c}\n\r\t"),
    ])
    func escapesAreDecoded(text: String, value: String) throws {
        #expect(try JSONValue(parsing: text) == .string(value))
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .real(0x1p63)), ("1.0", .real(1)), ("1E+2", .real(100)),
            (" [ 1 , 2 ] ", [1, 2]),
        ] as [(String, JSONValue)])
    func numbersStayWholeIfTheyAreSpelledSo(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test func everyPrefixOfADocumentIsAnError() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,false,null,"x\u00e9\n"],"b":{}}"#.utf8)
        _ = try JSONValue(parsing: text)
        for count in text.indices {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<count])) }
        }
    }

    @Test(arguments: [
        ("", "line 1, column 1: the JSON text ends inside a value"),
        ("{\n \"a\" 1}", "line 2, column 6: found '1', but ':' must stand here"),
        ("[1 2]", "line 1, column 4: found '2', but ',' or ']' must stand here"),
        ("[1,]", "line 1, column 4: found ']', but a value must stand here"),
        (#"{"a":1 "b"}"#, "line 1, column 8: found '\"', but ',' or '}' must stand here"),
        (#"{"a":1,}"#, "line 1, column 8: found '}', but a name in quotes must stand here"),
        ("1 1", "line 1, column 3: found '1', but the end of the text must stand here"),
        ("01", "line 1, column 2: found '1', but the end of the text must stand here"),
        ("-a", "line 1, column 2: found 'a', but a digit must stand here"),
        ("1.e1", "line 1, column 3: found 'e', but a digit must stand here"),
        ("tru}", "line 1, column 4: found '}', but a value must stand here"),
        ("NaN", "line 1, column 1: found 'N', but a value must stand here"),
        ("\u{1}", "line 1, column 1: found the byte 0x01, but a value must stand here"),
        (#""\x""#, "line 1, column 3: found 'x', but one of \"\\/bfnrtu must stand here"),
        (#""\u00g0""#, "line 1, column 6: found 'g', but a hexadecimal digit must stand here"),
        (
            "\"a\tb\"",
            "line 1, column 3: found the byte 0x09, but a character that is not a control "
                + "character must stand here"
        ),
        (
            #""\ud800x""#,
            "line 1, column 2: half a surrogate pair is escaped here without its other half"
        ),
        (
            #""\udc00\ud800""#,
            "line 1, column 2: half a surrogate pair is escaped here without its other half"
        ),
        ("1e999", "line 1, column 1: the number 1e999 is too large for 64 bits"),
        (
            #"{"a":1,"b":2,"a":3}"#,
            "line 1, column 14: 'a' comes twice in one object; keep one of the two"
        ),
        (
            "[[[[]]]]",
            "line 1, column 4: values are nested deeper than the 3 levels that are read"
        ),
    ])
    func everyFaultHasItsPlaceAndSentence(text: String, sentence: String) {
        do {
            _ = try JSONValue(parsing: text, depthLimit: 3)
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.description == sentence)
        }
    }

    @Test func bytesThatAreNotUnicodeAreAnError() {
        let error = #expect(throws: JSONError.self) {
            try JSONValue(parsing: [0x22, 0xff, 0x22])
        }
        #expect(error?.fault == .notUnicode)
    }

    @Test func membersKeepTheirPlaces() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = nil
        object["a"] = 4
        object["d"] = 5
        #expect(JSONValue.object(object).compactText == #"{"a":4,"c":3,"d":5}"#)
        #expect(object["b"] == nil)
    }
}
