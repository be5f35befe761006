/** What the room's Python shares with the tablet: made by `make docs`, never by hand. */
export const CARD_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
export const CARD_LENGTH = 22;
export const CARD_GROUPS = [5, 6, 5, 6] as const;
export const TEST_MARK = "THETHU";
export const UUID_PATTERN = "[123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz]{14,64}";
export const GROUP = "Ed25519";
export const ELECTION_VERSION = 1;
export const ELECTION_LIMIT = 4194304;
export const POINT_BYTES = 32;
export const SCALAR_DIGITS = 76;
export const RECEIPT_TAG = "phieukin/receipt/v1";
export const DEVICE_TAG = "phieukin/device/v1";
export const TRACKER_TAG = "phieukin/card-tracker/v1";
export const API = "/api/v1";
export const DEVICE_HEADER = "Phieukin-Device";
export const SIGNATURE_HEADER = "Phieukin-Signature";
export const PAGE_HEADER = "Phieukin-Page";
export const ENROLMENT_CODE_LENGTH = 10;
export const LABEL_LIMIT = 40;
export const STATES = [
  "draft",
  "list_frozen",
  "roll_taken",
  "sealed",
  "open",
  "frozen",
  "closed",
  "counted",
  "signed",
  "annulled",
  "on_paper",
] as const;
export const NO_STATE = "none";
export const SHOWN = ["none", "real", "practice"] as const;
export const REFUSAL_CODES = [
  "bad_ballot",
  "wrong_size",
  "device_unknown",
  "unknown_card",
  "card_void",
  "spare_not_active",
  "card_used",
  "not_open",
  "closed",
  "frozen",
  "busy",
  "fault",
  "limit",
  "unknown",
  "bad_request",
  "bad_receipts",
  "not_closed",
  "bad_code",
  "unknown_election",
] as const;
export const KINDS = {
  introduce: {
    "question": "agree",
    "handsOn": "names",
    "vi": {
      "heading": "Phiếu giới thiệu quy hoạch",
      "instruction": "Chọn “Đồng ý” hoặc “Không đồng ý” đối với từng nhân sự.",
      "answers": [
        "Đồng ý",
        "Không đồng ý"
      ]
    },
    "en": {
      "heading": "Ballot to introduce into the plan",
      "instruction": "Choose agree or disagree for each person.",
      "answers": [
        "Agree",
        "Disagree"
      ]
    }
  },
  final: {
    "question": "agree",
    "handsOn": "plan",
    "vi": {
      "heading": "Phiếu biểu quyết quy hoạch",
      "instruction": "Chọn “Đồng ý” hoặc “Không đồng ý” đối với từng nhân sự.",
      "answers": [
        "Đồng ý",
        "Không đồng ý"
      ]
    },
    "en": {
      "heading": "Ballot to vote on the plan",
      "instruction": "Choose agree or disagree for each person.",
      "answers": [
        "Agree",
        "Disagree"
      ]
    }
  },
  remove: {
    "question": "agree",
    "handsOn": "removal",
    "vi": {
      "heading": "Phiếu lấy ý kiến đưa ra khỏi quy hoạch",
      "instruction": "Chọn “Đồng ý đưa ra khỏi quy hoạch” hoặc “Không đồng ý” đối với từng nhân sự.",
      "answers": [
        "Đồng ý đưa ra khỏi quy hoạch",
        "Không đồng ý"
      ]
    },
    "en": {
      "heading": "Ballot on removal from the plan",
      "instruction": "Choose agree to remove or disagree for each person.",
      "answers": [
        "Agree to remove from the plan",
        "Disagree"
      ]
    }
  },
  adopt: {
    "question": "agree",
    "handsOn": "names",
    "vi": {
      "heading": "Phiếu thông qua danh sách quy hoạch",
      "instruction": "Chọn “Đồng ý” hoặc “Không đồng ý” đối với từng nhân sự.",
      "answers": [
        "Đồng ý",
        "Không đồng ý"
      ]
    },
    "en": {
      "heading": "Ballot to adopt the list",
      "instruction": "Choose agree or disagree for each person.",
      "answers": [
        "Agree",
        "Disagree"
      ]
    }
  },
  elect: {
    "question": "choices",
    "handsOn": "result",
    "vi": {
      "heading": "Phiếu bầu",
      "instruction": "Chọn tối đa {most} người trong danh sách. Có thể chọn ít hơn.",
      "answers": [
        "Bầu"
      ]
    },
    "en": {
      "heading": "Ballot paper",
      "instruction": "Choose at most {most} people of the list. You may choose fewer.",
      "answers": [
        "Elect"
      ]
    }
  },
  confidence: {
    "question": "levels",
    "handsOn": "report",
    "vi": {
      "heading": "Phiếu tín nhiệm",
      "instruction": "Chọn một mức tín nhiệm đối với từng người.",
      "answers": [
        "Tín nhiệm cao",
        "Tín nhiệm",
        "Tín nhiệm thấp"
      ]
    },
    "en": {
      "heading": "Confidence ballot",
      "instruction": "Choose one level of confidence for each person.",
      "answers": [
        "High confidence",
        "Confidence",
        "Low confidence"
      ]
    }
  },
  commend: {
    "question": "agree",
    "handsOn": "result",
    "vi": {
      "heading": "Phiếu bình xét khen thưởng",
      "instruction": "Chọn “Đồng ý” hoặc “Không đồng ý” đối với từng nhân sự.",
      "answers": [
        "Đồng ý",
        "Không đồng ý"
      ]
    },
    "en": {
      "heading": "Commendation ballot",
      "instruction": "Choose agree or disagree for each person.",
      "answers": [
        "Agree",
        "Disagree"
      ]
    }
  },
} as const;
export type RoomState = (typeof STATES)[number];
export type Showing = (typeof SHOWN)[number];
export type RefusalCode = (typeof REFUSAL_CODES)[number];
export type QuestionForm = "agree" | "levels" | "choices";
