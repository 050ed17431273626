/// What a visitor's page shows: the assigns of the view `Shop.CartLive`.
struct Cart: Encodable {
    /// Something to buy. Prices are in cents.
    struct Item: Encodable {
        var sku: String
        var name: String
        var price: Int
        var shownPrice: String

        init(_ sku: String, _ name: String, _ price: Int) {
            self.sku = sku
            self.name = name
            self.price = price
            shownPrice = Cart.shown(price)
        }
    }

    /// So many of an item.
    struct Line: Encodable {
        var item: Item
        var quantity: Int
        var shownSum: String
    }

    /// What stands in the form of the order.
    struct Form: Encodable {
        var name = ""
        var email = ""
        var note = ""
    }

    static let catalogue = [
        Item("mug", "Mug, 0.3 l", 1_250), Item("bowl", "Bowl", 1_890), Item("plate", "Plate, blue", 1_475),
        Item("jug", "Jug, 1 l", 3_200), Item("cup", "Espresso cup", 980), Item("vase", "Vase", 4_450),
    ]

    private(set) var search = ""
    private(set) var items = Cart.catalogue
    private(set) var lines: [Line] = []
    private(set) var shownTotal = Cart.shown(0)
    private(set) var form = Form()
    private(set) var errors: [String] = []
    private(set) var order: String?

    /// The most of an item that can be ordered.
    private static let most = 99

    private static func shown(_ cents: Int) -> String {
        "€ \(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    /// Shows the items that have some text in their names.
    mutating func find(_ text: String) {
        search = text
        let wanted = text.lowercased()
        items = Cart.catalogue.filter { wanted.isEmpty || $0.name.lowercased().contains(wanted) }
    }

    /// Does what a form asks for. Returns false when there is no such event.
    mutating func handle(_ event: String, _ params: [String: String]) -> Bool {
        errors = []
        switch event {
        case "add": change(params["sku"], by: 1)
        case "quantity": set(params["sku"], to: params["quantity"])
        case "remove": lines.removeAll { $0.item.sku == params["sku"] }
        case "order": place(params)
        default: return false
        }
        shownTotal = Cart.shown(lines.reduce(0) { $0 + $1.item.price * $1.quantity })
        return true
    }

    private mutating func change(_ sku: String?, by count: Int) {
        guard let item = Cart.catalogue.first(where: { $0.sku == sku }) else {
            errors = ["There is no such item."]
            return
        }
        let old = lines.first { $0.item.sku == item.sku }?.quantity ?? 0
        set(item, to: min(old + count, Cart.most))
    }

    private mutating func set(_ sku: String?, to text: String?) {
        guard let item = Cart.catalogue.first(where: { $0.sku == sku }), let quantity = text.flatMap({ Int($0) }),
            0...Cart.most ~= quantity
        else {
            errors = ["A quantity is a number from 0 to \(Cart.most)."]
            return
        }
        set(item, to: quantity)
    }

    private mutating func set(_ item: Item, to quantity: Int) {
        let line = Line(item: item, quantity: quantity, shownSum: Cart.shown(item.price * quantity))
        if let index = lines.firstIndex(where: { $0.item.sku == item.sku }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
        lines.removeAll { $0.quantity == 0 }
    }

    private mutating func place(_ params: [String: String]) {
        form = Form(name: params["name"] ?? "", email: params["email"] ?? "", note: params["note"] ?? "")
        if lines.isEmpty { errors.append("The cart is empty.") }
        if form.name.isEmpty { errors.append("A name is missing.") }
        if !form.email.contains("@") { errors.append("That is no e-mail address.") }
        guard errors.isEmpty else { return }
        order = "R-\(Int.random(in: 10_000...99_999))"
        lines = []
    }
}
