import Foundation

// usage: CheckCorpora FOLDER PIXEL-TABLE
//
// FOLDER holds `corpora` and `golden`. Each file is named before it is read, so that after a crash
// the last line of the output says which one it was.
guard CommandLine.arguments.count == 3 else {
    print("usage: CheckCorpora FOLDER PIXEL-TABLE")
    exit(2)
}
let corpora = CommandLine.arguments[1] + "/corpora"
let golden = CommandLine.arguments[1] + "/golden"
var report = Report()
checkEveryImage(corpora, &report)
checkExpectedImages(corpora, &report)
checkPNGSuite(corpora, &report)
checkPixelSums(corpora, table: CommandLine.arguments[2], &report)
checkOrientations(corpora, &report)
checkJPEGReferences(corpora, &report)
checkCheckpoints(corpora, &report)
checkArchives(corpora, &report)
checkFieldArchives(corpora, &report)
checkHaltonOrders(golden, &report)
var usage = rusage()
getrusage(0, &usage)  // This process.
print(
    "corpora: \(report.checkCount) checks, \(report.faults.count) faults, "
        + "\(usage.ru_maxrss / 1024) MiB at most")
exit(report.faults.isEmpty ? 0 : 1)
