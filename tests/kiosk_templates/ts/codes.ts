// The words with which the room refuses a ballot.
export const CASTING_CODES = [
  "bad_ballot", "wrong_size", "unknown_card", "card_void", "spare_not_active", "card_used", "not_open", "closed",
  "frozen", "device_unknown", "bad_receipt", "no_answer", "fault",
];
