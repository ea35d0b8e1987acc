import TesseraTensor
import TesseraTokens

extension SlotCodebooks {
    /// The mean code vectors under a distribution over a few codes.
    ///
    /// - Parameters:
    ///   - probabilities: Shape `[positions, slots * candidates]`.
    ///   - shortlist: The codes of each position.
    /// - Returns: Shape `[positions, channels]`.
    func expectation(
        of probabilities: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        let count = shortlist.count
        return probabilities.withUnsafeBuffer { probabilities in
            vectors.withUnsafeBuffer { vectors in
                Tensor(shape: [shortlist.positionCount, channels]) { means in
                    means.initialize(repeating: 0)
                    ThreadPool.run(
                        over: shortlist.positionCount * vocabulary.count, by: 64
                    ) { indices in
                        for index in indices {
                            for (place, code) in shortlist[index].enumerated() {
                                let weight = probabilities[index * count + place]
                                let row = row(of: code, at: index) * slotWidth
                                for channel in 0 ..< slotWidth {
                                    means[index * slotWidth + channel] +=
                                        weight * vectors[row + channel]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The gradient with respect to probabilities of a few codes.
    ///
    /// - Parameters:
    ///   - gradient: Shape `[positions, channels]`.
    ///   - shortlist: The codes of each position.
    /// - Returns: Shape `[positions, slots * candidates]`.
    func expectationPullback(
        of gradient: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        let count = shortlist.count
        return gradient.withUnsafeBuffer { gradient in
            vectors.withUnsafeBuffer { vectors in
                Tensor(shape: [shortlist.positionCount, vocabulary.count * count]) { slopes in
                    ThreadPool.run(
                        over: shortlist.positionCount * vocabulary.count, by: 64
                    ) { indices in
                        for index in indices {
                            for (place, code) in shortlist[index].enumerated() {
                                let row = row(of: code, at: index) * slotWidth
                                var sum: Float = 0
                                for channel in 0 ..< slotWidth {
                                    sum +=
                                        gradient[index * slotWidth + channel]
                                        * vectors[row + channel]
                                }
                                slopes.initializeElement(at: index * count + place, to: sum)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The row of the table that holds the vector of a code; `index` is the flat index of its slot.
    private func row(of code: Int32, at index: Int) -> Int {
        vocabulary[..<(index % vocabulary.count)].reduce(0, +) + Int(code)
    }
}
