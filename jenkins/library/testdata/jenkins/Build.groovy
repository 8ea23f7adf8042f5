/** currentBuild. */
class Build {
    String description
    String result
    long startTimeInMillis

    void setDescription(String text) {
        description = text
        Around.tell([step: 'description', text: text])
    }
}
