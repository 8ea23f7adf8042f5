export const nobody = "needs this";
