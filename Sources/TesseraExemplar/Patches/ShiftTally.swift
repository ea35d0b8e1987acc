/// Counts votes for shifts, of which there are few at a time: a table that is emptied at no cost.
final class ShiftTally {
    private let shifts: Plane<Int32>
    private let sums: Plane<Float>
    private let rounds: Plane<Int32>
    private let mask: Int
    private var round: Int32 = 0

    /// The shift with the most votes, the first of equals, and how many; 0 votes if there are none.
    private(set) var most: (shift: Int32, sum: Float) = (0, 0)

    /// Makes an empty tally.
    ///
    /// - Parameter capacity: The most shifts at a time.
    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        mask = size - 1
        shifts = Plane(count: size, repeating: 0)
        sums = Plane(count: size, repeating: 0)
        rounds = Plane(count: size, repeating: 0)
    }

    /// Forgets all votes.
    func clear() {
        round += 1
        most = (0, 0)
    }

    /// Adds a vote.
    ///
    /// - Parameters:
    ///   - vote: What it counts, above 0.
    ///   - shift: What it is for.
    func add(_ vote: Float, to shift: Int32) {
        // Knuth's multiplicative hash; the next place if another shift has it.
        var slot = Int(UInt32(bitPattern: shift) &* 2_654_435_769 >> 16) & mask
        while rounds[slot] == round && shifts[slot] != shift { slot = (slot + 1) & mask }
        let sum = rounds[slot] == round ? sums[slot] + vote : vote
        rounds[slot] = round
        shifts[slot] = shift
        sums[slot] = sum
        if sum > most.sum { most = (shift, sum) }
    }
}
