// The nearest of many binary codes: TesseraHamming. Eight codes stand side by side in a vector, so that
// counts are added up without ever crossing lanes; four queries share what is read of a code.
typedef uint64_t Words __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t Counts __attribute__((vector_size(64), aligned(8), may_alias));

enum { hammingQueries = 4 };

INLINE void nearestOfBlocks(const TesseraHamming *job, ptrdiff_t first, ptrdiff_t rows) {
    static const Counts ascending = {0, 1, 2, 3, 4, 5, 6, 7};
    const ptrdiff_t blockCount = (job->count + 7) / 8, words = job->wordCount;
    const uint64_t *queries[hammingQueries];
    Counts best[hammingQueries], index[hammingQueries];
    for (int i = 0; i < hammingQueries; i++) {
        const ptrdiff_t row = first + (i < rows ? i : rows - 1);
        queries[i] = job->queries + row * words;
        best[i] = job->distances[row] - (Counts){0};
        index[i] = (Counts){0};
    }
    for (ptrdiff_t block = 0; block < blockCount; block++) {
        const uint64_t *codes = job->codes + block * words * 8;
        Words sums[hammingQueries] = {{0}};
        for (ptrdiff_t word = 0; word < words; word++) {
            const Words code = *(const Words *)(codes + word * 8);
            for (int i = 0; i < hammingQueries; i++)
                sums[i] += __builtin_elementwise_popcount(code ^ queries[i][word]);
        }
        const Counts place = ascending + block * 8;
        const Counts isCode = place < job->count - (Counts){0};
        for (int i = 0; i < hammingQueries; i++) {
            const Counts nearer = ((Counts)sums[i] < best[i]) & isCode;
            best[i] = (nearer & (Counts)sums[i]) | (~nearer & best[i]);
            index[i] = (nearer & place) | (~nearer & index[i]);
        }
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        int64_t distance = job->distances[first + i], place = -1;
        for (int lane = 0; lane < 8; lane++) // One that found nothing nearer has the old distance.
            if (best[i][lane] < distance
                || (best[i][lane] == distance && place > index[i][lane])) {
                distance = best[i][lane];
                place = index[i][lane];
            }
        if (place < 0) continue;
        job->distances[first + i] = (int32_t)distance;
        job->indices[first + i] = (int32_t)(job->firstIndex + place);
    }
}

static void hamming(const TesseraHamming *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row += hammingQueries)
        nearestOfBlocks(job, row, last - row < hammingQueries ? last - row : hammingQueries);
}
