pub const WORDS: &str = "packed up";
