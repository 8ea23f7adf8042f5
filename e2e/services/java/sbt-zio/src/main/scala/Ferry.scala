import zio.*
import zio.http.*

object Ferry extends ZIOAppDefault:

  private val routes = Routes(Method.GET / Root -> handler(Response.text("the next ferry leaves at noon\n")))

  override def run =
    for
      port <- System.env("PORT").someOrFail(IllegalStateException("PORT is not set"))
      _    <- Server.serve(routes).provide(Server.defaultWithPort(port.toInt))
    yield ()
