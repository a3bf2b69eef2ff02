/**
 * The one closed list of why an outcome is as it is: by what became of the order (or cart, or transfer), each code with its
 * meaning for programmers and the text for the customer in English and 中文. No text carries a quantity, so that no answer
 * tells what is left in stock. Codes are text on the wire; a consumer must survive one that it does not know yet.
 */

/** What a code means, and how a customer is told. */
export interface OutcomeReason {
  readonly meaning: string;
  readonly en: string;
  readonly zh: string;
}

const reason = (meaning: string, en: string, zh: string): OutcomeReason => ({ meaning, en, zh });

export const OUTCOME_REASONS = {
  /** Why nothing, or not all, is held for an order, a cart or a transfer. */
  REJECTED: {
    UNKNOWN_SKU: reason(
      "nobody has listed or received this SKU",
      "We do not know this item.",
      "抱歉，我们没有找到该商品。",
    ),
    SKU_INACTIVE: reason(
      "the catalogue no longer sells this SKU",
      "This item is no longer sold.",
      "抱歉，该商品已下架。",
    ),
    OUT_OF_STOCK: reason("there is not enough to sell", "Sorry, this item is out of stock.", "抱歉，该商品库存不足。"),
    INVALID_ORDER: reason(
      "the order breaks the contract; the dead letter says where",
      "The order could not be read. Please order again.",
      "订单信息有误，请重新下单。",
    ),
    ORDER_CONFLICT: reason(
      "the same orderId came with other lines",
      "An order with this number exists already.",
      "该订单号已被使用。",
    ),
    ORDER_CANCELLED: reason("the cancellation came before the order", "The order has been cancelled.", "订单已取消。"),
    PROMOTION_SOLD_OUT: reason(
      "the promotion's quota is gone for good",
      "Sorry, this promotion is sold out.",
      "抱歉，该活动商品已售罄。",
    ),
    LIMIT_PER_ORDER: reason(
      "more pieces of the SKU than one order may have",
      "This is more of the item than one order may have.",
      "超出该商品的单笔限购数量。",
    ),
    LIMIT_PER_CUSTOMER: reason(
      "more pieces of the SKU than one customer may have in the window or promotion",
      "This is more of the item than one customer may have.",
      "超出该商品的每人限购数量。",
    ),
    UNPAID_ORDER_EXISTS: reason(
      "the customer has an unpaid order, and the policy refuses another",
      "Please pay or cancel your unpaid order first.",
      "您还有未付款的订单，请先付款或取消。",
    ),
    DEVICE_VELOCITY: reason(
      "too many unpaid or expired orders from this device",
      "Too many orders were left unpaid. Please pay for an order, or try again later.",
      "未付款订单过多，请先付款或稍后再试。",
    ),
    IP_VELOCITY: reason(
      "too many unpaid or expired orders from this address",
      "Too many orders were left unpaid. Please try again later.",
      "未付款订单过多，请稍后再试。",
    ),
    NOT_HELD_IN_CARTS: reason(
      "the policy reserves this SKU when it is ordered or paid, not in carts",
      "This item is not held in the cart. It is yours once you order.",
      "购物车不为该商品保留库存，请尽快下单。",
    ),
    CHANNEL_EXCLUDED: reason(
      "no location may sell this SKU to the channel",
      "This item is not sold here.",
      "该渠道暂不销售此商品。",
    ),
    UNKNOWN_LOCATION: reason(
      "there is no such location, or it is not active",
      "This location does not exist or is closed.",
      "该仓库不存在或已停用。",
    ),
    SAME_LOCATION: reason(
      "a transfer's source and destination are the same",
      "Source and destination are the same.",
      "调出仓与调入仓相同。",
    ),
  },

  /** What the sender of a reserved order should know. */
  WARNED: {
    UNPAID_ORDER_EXISTS: reason(
      "the customer has another unpaid order, named by orderId",
      "You have another order that is not paid yet.",
      "您还有一笔未付款的订单。",
    ),
  },

  /** Why held stock went back to sellable. */
  RELEASED: {
    CANCELLED: reason(
      "the order was cancelled, whole or in part",
      "What you cancelled was given back.",
      "已按您的要求取消。",
    ),
    EXPIRED: reason(
      "its time ran out unpaid",
      "The order was not paid in time and is no longer held.",
      "订单超时未付款，商品已释放。",
    ),
    SHORTED: reason(
      "the pieces are not there after all",
      "We are sorry: the item is not there after all.",
      "非常抱歉，该商品实际缺货。",
    ),
    RELOCATED: reason(
      "the pieces are held at another location now",
      "Your item is sent from another warehouse.",
      "您的商品将改由其他仓库发货。",
    ),
    FULFILMENT_CANCELLED: reason(
      "the warehouse or supplier gave up the pieces",
      "The warehouse could not send your item.",
      "仓库未能发出您的商品。",
    ),
    SETTLED: reason("a shortage was settled without them", "What was missing has been settled.", "缺货已处理完毕。"),
    ORDERED: reason(
      "the shopper's own order used up the cart hold",
      "Your order has taken the place of your cart.",
      "购物车商品已转入您的订单。",
    ),
    REMOVED: reason(
      "the pieces were taken out of the cart",
      "The item was taken out of the cart.",
      "商品已从购物车移除。",
    ),
  },

  /** Why pieces of an order cannot be served; told with an apology. */
  SHORTED: {
    OUT_OF_STOCK: reason(
      "there was not enough when the order was decided",
      "We apologise: part of your order is sold out.",
      "非常抱歉，您订单中的部分商品已售罄。",
    ),
    EXPIRED_BEFORE_PAYMENT: reason(
      "the payment came after the hold's time, and the stock was gone",
      "We apologise: your payment came after the time we could hold your order, and part of it is sold out.",
      "非常抱歉，您的付款超过了保留时间，部分商品已售罄。",
    ),
    PICK_SHORT: reason(
      "promised, not found at picking",
      "We apologise: an item of your order could not be found in our warehouse.",
      "非常抱歉，拣货时未能找到您订单中的商品。",
    ),
    PICK_DAMAGE: reason(
      "promised, found damaged at picking",
      "We apologise: an item of your order was found damaged, and we do not send damaged goods.",
      "非常抱歉，拣货时发现您订单中的商品有损坏，无法发出。",
    ),
    PHYSICAL_SHORTAGE: reason(
      "a physical fact left less than was promised",
      "We apologise: we have less of an item than we had promised.",
      "非常抱歉，实际库存少于我们的承诺。",
    ),
    SUPPLIER_SHORT: reason(
      "the supplier cannot serve what was promised",
      "We apologise: our supplier cannot deliver an item of your order.",
      "非常抱歉，供应商无法供应您订单中的商品。",
    ),
    SUPPLIER_STOPPED: reason(
      "the supplier or its location was stopped and settled",
      "We apologise: the supplier of an item of your order no longer delivers.",
      "非常抱歉，您订单中商品的供应商已停止供货。",
    ),
  },

  /** On whose wish a shortage was settled; told with an apology. */
  SETTLED: {
    CUSTOMER: reason(
      "as the shopper chose",
      "We apologise for the missing items. What you chose is being done.",
      "再次为缺货致以歉意，您选择的方案已开始处理。",
    ),
    OPERATOR: reason(
      "as somebody of ours decided for the shopper",
      "We apologise for the missing items. We have settled it for you.",
      "再次为缺货致以歉意，我们已为您处理完毕。",
    ),
    DEFAULT: reason(
      "nobody chose in time",
      "We apologise for the missing items. As nothing was chosen in time, your money is given back.",
      "再次为缺货致以歉意，因未在期限内选择，我们将为您退款。",
    ),
  },

  /** What was done about one missing line. */
  REMEDIED: {
    REFUND: reason(
      "the money is given back",
      "Your money for the missing item is given back.",
      "缺货商品的货款将退还给您。",
    ),
    EXCHANGE: reason(
      "another SKU is sent in its place",
      "Another item is sent in place of the missing one.",
      "将为您发出替换商品。",
    ),
  },

  /** Why nothing of an order is cancelled, although its shopper wants it. */
  NOT_CANCELLED: {
    UNKNOWN_LINE: reason("the order has no such line", "The order has no such item.", "订单中没有该商品。"),
  },

  /** Why an unpaid order is not held longer. */
  NOT_EXTENDED: {
    NOT_HELD: reason(
      "there is no unpaid hold to extend: the order is paid, over, or was refused",
      "There is no unpaid order to hold longer. If its time is over, please order again.",
      "没有可延长保留的未付款订单，如已超时请重新下单。",
    ),
    HELD_TOO_LONG: reason(
      "no hold of the policy lives so long; the answer says until when it may",
      "The order cannot be held that long. Please ask for less time, or pay.",
      "订单无法保留这么久，请缩短时间或尽快付款。",
    ),
  },

  /** Why pieces stay where they are held, although an operator wants them elsewhere. */
  NOT_MOVED: {
    UNKNOWN_ORDER: reason("nobody has placed this order", "There is no such order.", "订单不存在。"),
    UNKNOWN_LINE: reason("the order has no such line", "The order has no such line.", "订单中没有该行。"),
    SAME_LOCATION: reason(
      "from and to are the same location",
      "From and to are the same location.",
      "原仓库与目标仓库相同。",
    ),
    SENT_TO_FULFILMENT: reason(
      "the pieces are with the warehouse or supplier: cancel them there, they are served anew",
      "The pieces are with the warehouse or supplier: cancel them there, they are served anew.",
      "商品已交仓库或供应商处理：请在那里取消，系统将重新分配。",
    ),
    PART_NOT_NAMED: reason(
      "the line is a bundle of which several parts are held there: name the sku of one",
      "The line is a bundle, please say which part.",
      "该行为组合商品，请指明其中的部件。",
    ),
    NOT_HELD_THERE: reason(
      "not that many pieces of the line are held there",
      "Not that many pieces of the line are held there.",
      "该仓库未为该行保留这么多商品。",
    ),
    UNKNOWN_LOCATION: reason(
      "there is no such location, or it is not active",
      "There is no such location, or it is not active.",
      "该仓库不存在或已停用。",
    ),
    OUT_OF_STOCK: reason(
      "the location has not enough to sell",
      "The location has not enough to sell.",
      "该仓库可销售库存不足。",
    ),
  },

  /** Why nothing of a choice about a shortage was carried out. */
  NOT_CHOSEN: {
    UNKNOWN_SHORTAGE: reason(
      "the order has no such shortage",
      "We do not know of this shortage.",
      "没有找到该缺货记录。",
    ),
    UNKNOWN_LINE: reason(
      "the shortage has no such line",
      "This item is not among those that are missing.",
      "该商品不在缺货之列。",
    ),
    ALREADY_SETTLED: reason(
      "the line was settled in another way",
      "This item has been settled already.",
      "该商品的缺货已处理完毕。",
    ),
    NOT_PAID: reason(
      "the order is not paid, so nothing is owed for it",
      "Please pay for the order first.",
      "请先为订单付款。",
    ),
    NOT_OFFERED: reason(
      "the SKU may not replace the line: another group, a lower price, not sold, or the order is cancelled",
      "This is not among what we can offer for the missing item.",
      "该选项不在可选的补偿方案之内。",
    ),
    REPLACEMENT_GONE: reason(
      "the chosen replacement is no longer there; what is left comes with the refusal",
      "We apologise: the replacement that you chose is gone. Please choose another.",
      "非常抱歉，您选择的替换商品已售完，请另选方案。",
    ),
    LIMIT_PER_ORDER: reason(
      "with the replacement the order would have more pieces of that SKU than one order may have",
      "We apologise: this would be more of the item than one order may have. Please choose another.",
      "非常抱歉，该替换商品超出单笔限购数量，请另选方案。",
    ),
    LIMIT_PER_CUSTOMER: reason(
      "with the replacement the customer would have more pieces of that SKU than one customer may have",
      "We apologise: this would be more of the item than one customer may have. Please choose another.",
      "非常抱歉，该替换商品超出每人限购数量，请另选方案。",
    ),
  },

  /** Why what is set aside from a promotion stays as it is, although an operator or its schedule wants it otherwise. */
  LOCK_REFUSED: {
    PROMOTION_OVER: reason(
      "the promotion is over: another one can be scheduled",
      "The promotion is over: schedule another one.",
      "该促销活动已结束：请另行安排新的活动。",
    ),
    UNKNOWN_SKU: reason(
      "nobody has listed or received this SKU",
      "Nobody has listed or received this SKU.",
      "该商品从未上架或入库。",
    ),
    UNKNOWN_LOCATION: reason(
      "there is no such warehouse, or it is not active",
      "There is no such warehouse, or it is not active.",
      "该仓库不存在或已停用。",
    ),
    UNKNOWN_LOCK: reason("there is no such lock", "There is no such lock.", "该锁定不存在。"),
    NOT_LOCKED: reason(
      "not that many pieces are set aside",
      "Not that many pieces are set aside.",
      "锁定的库存没有这么多。",
    ),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, OutcomeReason>>>>;

/** What became of the order, cart or transfer that a reason is about. */
export type OutcomeKind = keyof typeof OUTCOME_REASONS;
/** The codes of a kind. */
export type ReasonCode<K extends OutcomeKind> = Extract<keyof (typeof OUTCOME_REASONS)[K], string>;

export type RejectionReasonCode = ReasonCode<"REJECTED">;
export type ReservationWarningCode = ReasonCode<"WARNED">;
export type ReleaseReason = ReasonCode<"RELEASED">;
export type ShortageCause = ReasonCode<"SHORTED">;
export type MoveRefusalCode = ReasonCode<"NOT_MOVED">;
export type LockRefusalCode = ReasonCode<"LOCK_REFUSED">;

export type ChoiceRefusalCode = ReasonCode<"NOT_CHOSEN">;

/** Languages that customers are told in. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
/** For whoever names no language, or one that we do not speak. */
export const DEFAULT_LANGUAGE: Language = "en";

/** How a customer is told of a reason. */
export function outcomeText<K extends OutcomeKind>(kind: K, code: ReasonCode<K>, language: Language | null): string {
  const reasons: Readonly<Record<string, OutcomeReason>> = OUTCOME_REASONS[kind];
  const found = reasons[code];
  if (found === undefined) throw new RangeError(`${kind} has no reason ${code}`);
  return found[language ?? DEFAULT_LANGUAGE];
}

/** The language of a tag such as `zh-Hans-CN` or `en_GB`; null: none that we speak, or no tag. */
export function languageOf(tag: unknown): Language | null {
  if (typeof tag !== "string") return null;
  const primary = tag.trim().split(/[-_]/, 1)[0]?.toLowerCase();
  return LANGUAGES.find((language) => language === primary) ?? null;
}
