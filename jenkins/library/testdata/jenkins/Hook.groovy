/** What registerWebhook gives. */
class Hook implements Serializable {
    String token
    String url
}
