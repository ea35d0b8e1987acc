import TesseraJSON

extension ResidualSettings {
    /// Reads settings, so that networks built from them cannot trap.
    init(_ object: inout StrictObject) throws(ObjectFault) {
        let word = try object.word("quantizer", of: Quantizer.allCases.map(\.rawValue))
        self.init(
            quantizer: Quantizer(rawValue: word) ?? .factorized,
            pixelsPerToken: try object.count("pixelsPerToken", in: 1 ... 64),
            latentChannels: try object.count("latentChannels", in: 1 ... 4096),
            vocabulary: try object.counts("vocabulary", in: 2 ... 65536),
            widths: try object.counts("widths", in: 1 ... 8192),
            encoderBlocks: try object.counts("encoderBlocks", in: 0 ... 256),
            decoderBlocks: try object.counts("decoderBlocks", in: 0 ... 256))
        if object.has("draft") {
            var reading = try object.object("draft")
            draft = Draft(
                widths: try reading.counts("widths", in: 1 ... 8192),
                blocks: try reading.counts("blocks", in: 0 ... 256))
            try reading.finish()
        }
        if object.has("perceptualStages") {
            perceptualStages = try object.count("perceptualStages", in: 0 ... widths.count)
        }
        try checkStages(object)
        try checkChannels(object)
        try checkVocabulary(object)
    }

    private func checkStages(_ object: StrictObject) throws(ObjectFault) {
        guard !vocabulary.isEmpty else {
            throw .count(key: object.path(of: "vocabulary"), found: 0, expected: 1)
        }
        guard !widths.isEmpty, widths.count <= 6 else {
            throw .count(key: object.path(of: "widths"), found: widths.count, expected: 3)
        }
        var stages = [("encoderBlocks", encoderBlocks), ("decoderBlocks", decoderBlocks)]
        if let draft { stages += [("draft.widths", draft.widths), ("draft.blocks", draft.blocks)] }
        for (key, counts) in stages where counts.count != widths.count {
            throw .count(key: object.path(of: key), found: counts.count, expected: widths.count)
        }
        let reduction = 1 << widths.count
        guard pixelsPerToken == reduction else {
            throw .contradiction(
                key: object.path(of: "pixelsPerToken"), found: pixelsPerToken, expected: reduction,
                because: "each of the \(widths.count) stages halves the sides")
        }
    }

    /// Checks that the slots use the channels up: bits of a binary quantizer one each, and the
    /// same number for each slot of the others.
    private func checkChannels(_ object: StrictObject) throws(ObjectFault) {
        let slots = vocabulary.count
        switch quantizer {
        case .binary:
            for size in vocabulary where size.nonzeroBitCount != 1 {
                throw .contradiction(
                    key: object.path(of: "vocabulary"), found: size,
                    expected: 1 << (Int.bitWidth - 1 - size.leadingZeroBitCount),
                    because: "a group of bits has a power of two of codes")
            }
            let bits = vocabulary.reduce(0) { $0 + $1.trailingZeroBitCount }
            guard latentChannels == bits else {
                throw .contradiction(
                    key: object.path(of: "latentChannels"), found: latentChannels, expected: bits,
                    because: "the codes of all slots have \(bits) bits, one a channel")
            }
        case .factorized, .dimension:
            let expected = max(latentChannels / slots, 1) * slots
            guard latentChannels == expected else {
                throw .contradiction(
                    key: object.path(of: "latentChannels"), found: latentChannels,
                    expected: expected,
                    because: "the \(slots) slots have equal shares of the channels")
            }
            let exponent = latentChannels / slots
            if quantizer == .dimension && levelsPerChannel == nil {
                throw .notPower(
                    key: object.path(of: "vocabulary"), found: vocabulary[0], exponent: exponent,
                    because: "the bins of each of the \(exponent) channels of a slot")
            }
        }
    }

    /// Checks that the slots are alike, and that a table with a row over all channels for each code
    /// can be made.
    private func checkVocabulary(_ object: StrictObject) throws(ObjectFault) {
        for size in vocabulary where size != vocabulary[0] {
            throw .contradiction(
                key: object.path(of: "vocabulary"), found: size, expected: vocabulary[0],
                because: "the slots of this quantizer have equal vocabularies")
        }
        let codes = vocabulary.count * vocabulary[0]
        guard latentChannels <= Self.tableLimit / codes else {
            throw .contradiction(
                key: object.path(of: "latentChannels"), found: latentChannels,
                expected: Self.tableLimit / codes,
                because: "a table of the \(codes) codes of all slots holds \(Self.tableLimit) "
                    + "numbers at most")
        }
    }

    /// The most numbers in such a table, 256 MB of them.
    private static let tableLimit = 1 << 26
}
