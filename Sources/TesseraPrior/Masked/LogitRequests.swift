import TesseraTokens

/// Which slots of a grid are to be scored, and where their scores go.
struct LogitRequests {
    /// Where the scores of each request lie in the result; its indices rise.
    let layout: LogitLayout

    private let slotCount: Int
    private let gridWidth: Int

    init(_ indices: [Int], in grid: TokenGrid) {
        var last = -1
        for index in indices {
            precondition(
                index > last && index < grid.codes.count && grid.codes[index] == TokenGrid.mask,
                "Indices to score rise and are masked, but index \(index) is not")
            last = index
        }
        layout = LogitLayout(indices: indices, vocabulary: grid.vocabulary)
        slotCount = grid.slotCount
        gridWidth = grid.width
    }

    private var indices: [Int] { layout.indices }

    /// The requests that lie inside a window.
    func inside(_ window: PositionRectangle) -> [WindowRequest] {
        var found: [WindowRequest] = []
        for row in 0 ..< window.height {
            let start = ((window.top + row) * gridWidth + window.left) * slotCount
            var number = firstNumber(notBelow: start)
            while number < indices.count && indices[number] < start + window.width * slotCount {
                let column = (indices[number] - start) / slotCount
                found.append(
                    WindowRequest(
                        number: number, slot: indices[number] % slotCount,
                        row: row * window.width + column,
                        weight: window.blendingWeight(row: row, column: column)))
                number += 1
            }
        }
        return found
    }

    /// The sum of the weights of each request over all windows.
    func totalWeights(of windows: [[WindowRequest]]) -> [Float] {
        var totals = [Float](repeating: 0, count: indices.count)
        for request in windows.joined() { totals[request.number] += request.weight }
        return totals
    }

    private func firstNumber(notBelow index: Int) -> Int {
        var low = 0
        var high = indices.count
        while low < high {
            let middle = (low + high) / 2
            if indices[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A slot to be scored, as one window sees it.
struct WindowRequest {
    /// Which of the requests it is.
    let number: Int

    let slot: Int

    /// The row of its position among the features of a batch of windows.
    let row: Int

    /// How much this window counts.
    let weight: Float

    func moved(by rows: Int) -> WindowRequest { moved(to: row + rows) }

    func moved(to row: Int) -> WindowRequest {
        WindowRequest(number: number, slot: slot, row: row, weight: weight)
    }
}
