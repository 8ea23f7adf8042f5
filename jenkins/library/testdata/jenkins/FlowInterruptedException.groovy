/** What a step throws that is aborted. */
class FlowInterruptedException extends InterruptedException {
    FlowInterruptedException() {
        super('aborted by a person')
    }
}
