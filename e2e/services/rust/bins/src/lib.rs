pub const NAME: &str = "shop";
