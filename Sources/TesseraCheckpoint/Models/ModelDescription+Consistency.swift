extension ModelDescription {
    /// Checks that the numbers fit each other, so that networks built from them cannot trap.
    func check() throws(ModelFault) {
        try tokenizer.check()
        try prior?.check()
    }
}

extension ModelDescription.Tokenizer {
    fileprivate func check() throws(ModelFault) {
        guard !vocabulary.isEmpty else {
            throw .count(key: "tokenizer.vocabulary", found: 0, expected: 1)
        }
        guard !widths.isEmpty, widths.count <= 6 else {
            throw .count(key: "tokenizer.widths", found: widths.count, expected: 3)
        }
        var stages = [("encoderBlocks", encoderBlocks), ("decoderBlocks", decoderBlocks)]
        if let draft { stages += [("draft.widths", draft.widths), ("draft.blocks", draft.blocks)] }
        for (key, counts) in stages where counts.count != widths.count {
            throw .count(
                key: "tokenizer.\(key)", found: counts.count, expected: widths.count)
        }
        let reduction = 1 << widths.count
        guard pixelsPerToken == reduction else {
            throw .contradiction(
                key: "tokenizer.pixelsPerToken", found: pixelsPerToken, expected: reduction,
                because: "each of the \(widths.count) stages halves the sides")
        }
        try checkChannels()
        try checkVocabulary()
    }

    /// Checks that the slots use the channels up: bits of a binary quantizer one each, and the
    /// same number for each slot of the others.
    private func checkChannels() throws(ModelFault) {
        let slots = vocabulary.count
        switch quantizer {
        case .binary:
            for size in vocabulary where size.nonzeroBitCount != 1 {
                throw .contradiction(
                    key: "tokenizer.vocabulary", found: size,
                    expected: 1 << (Int.bitWidth - 1 - size.leadingZeroBitCount),
                    because: "a group of bits has a power of two of codes")
            }
            let bits = vocabulary.reduce(0) { $0 + $1.trailingZeroBitCount }
            guard latentChannels == bits else {
                throw .contradiction(
                    key: "tokenizer.latentChannels", found: latentChannels, expected: bits,
                    because: "the codes of all slots have \(bits) bits, one a channel")
            }
        case .factorized, .dimension:
            let expected = max(latentChannels / slots, 1) * slots
            guard latentChannels == expected else {
                throw .contradiction(
                    key: "tokenizer.latentChannels", found: latentChannels, expected: expected,
                    because: "the \(slots) slots have equal shares of the channels")
            }
            if quantizer == .dimension && binsPerChannel == nil {
                throw .notPower(
                    key: "tokenizer.vocabulary", found: vocabulary[0],
                    exponent: latentChannels / slots)
            }
        }
    }

    /// Checks that the slots are alike, and that a table with a row over all channels for each code
    /// can be made.
    private func checkVocabulary() throws(ModelFault) {
        for size in vocabulary where size != vocabulary[0] {
            throw .contradiction(
                key: "tokenizer.vocabulary", found: size, expected: vocabulary[0],
                because: "the slots of this quantizer have equal vocabularies")
        }
        let codes = vocabulary.count * vocabulary[0]
        let limit = ModelDescription.Tokenizer.tableLimit
        guard latentChannels <= limit / codes else {
            throw .contradiction(
                key: "tokenizer.latentChannels", found: latentChannels, expected: limit / codes,
                because: "a table of the \(codes) codes of all slots holds \(limit) numbers at most"
            )
        }
    }

    /// The most numbers in such a table, 256 MB of them.
    private static let tableLimit = 1 << 26
}

extension ModelDescription.Tokenizer {
    /// The number of bins of each channel of a dimension-wise quantizer, the root of a slot's codes.
    ///
    /// `nil` for another quantizer, or if no whole number gives the vocabulary.
    public var binsPerChannel: Int? {
        guard quantizer == .dimension, let size = vocabulary.first, size > 1 else { return nil }
        let channels = latentChannels / vocabulary.count
        return (2 ... size).first { power($0, channels, limit: size) == size }
    }

    /// The bits that name the codes of a position, each slot's in whole bits.
    public var bitsPerPosition: Int {
        vocabulary.reduce(0) { $0 + ($1 > 1 ? Int.bitWidth - ($1 - 1).leadingZeroBitCount : 0) }
    }
}

/// The base to the power of the exponent, or `nil` past the limit.
private func power(_ base: Int, _ exponent: Int, limit: Int) -> Int? {
    var product = 1
    for _ in 0 ..< exponent {
        product *= base
        if product > limit { return nil }
    }
    return product
}

extension ModelDescription.Prior {
    fileprivate func check() throws(ModelFault) {
        // A head turns by row in its first half and by column in its second, in pairs of channels.
        let expected = max(width / (4 * heads), 1) * 4 * heads
        guard width == expected else {
            throw .contradiction(
                key: "prior.width", found: width, expected: expected,
                because: "each of the \(heads) heads needs a multiple of 4 channels")
        }
    }
}
