/** What the tablet refuses. `kind` chooses the words on the screen; the message is for staff and tests. */
export class Refused extends Error {
  constructor(readonly kind: "point" | "scalar" | "card" | "election" | "marks" | "receipt", message: string) {
    super(message);
    this.name = "Refused";
  }
}
