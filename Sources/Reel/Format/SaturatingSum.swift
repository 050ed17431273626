/// The sum, or the nearest integer that there is.
package func saturatingSum(_ first: Int, _ second: Int) -> Int {
    let (sum, overflows) = first.addingReportingOverflow(second)
    return overflows ? (second < 0 ? .min : .max) : sum
}
