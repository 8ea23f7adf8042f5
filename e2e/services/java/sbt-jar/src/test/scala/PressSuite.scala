import org.scalatest.funsuite.AnyFunSuite

class PressSuite extends AnyFunSuite {
  test("a line begins large and ends with a stop") {
    assert(Press.line(Seq("a", "b")) == "A b.")
  }
}
