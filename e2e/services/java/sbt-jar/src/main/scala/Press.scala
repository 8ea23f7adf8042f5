/** Sets a line and ends. */
object Press {
  def line(words: Seq[String]): String = words.mkString(" ").capitalize + "."

  def main(args: Array[String]): Unit = println(line(Seq("the", "ink", "is", "dry")))
}
