export const bottles = ["elder", "quince", "sloe"];
