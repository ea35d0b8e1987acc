// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the corpora are large, hostile and not part of the project, so that nobody
// who only builds or tests it needs them. Scripts/check-corpora runs this.
let package = Package(
    name: "corpora",
    dependencies: [.package(name: "tessera", path: "../..")],
    targets: [
        .executableTarget(
            name: "CheckCorpora",
            dependencies: [.product(name: "Tessera", package: "tessera")],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
