/// What looks like a secret and is none: more than 300 values that a sanitizer must not touch.
enum HarmlessValues {
    /// Names of keys.
    static let names = lines(
        """
        passenger
        passengers
        passenger_name
        passengerCount
        passage
        passive
        passed
        passed_at
        pass_rate
        passes
        compass
        compass_word
        compass_order
        bypass
        bypass_cache
        encompass
        pinned
        pinned_at
        isPinned
        pins
        pin_board
        pinboard
        pinterest
        pinterest_url
        spin
        spinner
        spinning
        opinion
        shipping
        shipping_address
        mapping
        typing
        tanned
        tank
        tango
        standard
        distance
        author
        authors
        author_id
        authored_by
        authority
        authentic
        authenticated
        auth_method
        auth_provider
        key
        keys
        keyboard
        keyboard_layout
        access_keyboard
        keyword
        keywords
        whatsapp_keyword
        monkey
        turkey
        public_key
        sort_key
        primary_key
        foreign_key
        cookie_consent
        cookie_banner
        cookie_policy_seen
        secretary
        secretary_name
        secretariat
        tokenizer
        tokenized
        session
        sessions
        session_title
        session_count
        otp_release
        otp_version
        phone_time_zone
        code
        codes
        code_name
        country_code
        zip_code
        postcode
        discount_code
        language_code
        card
        cards
        card_type
        card_notes
        cardinal
        cardiology
        wildcard
        account
        accounts
        account_name
        bank
        bank_holiday
        signature_dish
        sign
        signed_up_at
        hash
        hashtag
        hashed_at
        sidebar
        side
        inside
        ccTLD
        accent
        access
        accessories
        nonces_seen
        order_number
        order_no
        invoice_number
        tracking_number
        customer_number
        serial_number
        license
        license_plate
        licensed_until
        security_level
        social
        social_links
        routing
        routes
        sorting
        birthplace
        mailing_list
        assertion_count
        salted_peanuts
        salty
        basalt
        descending
        webhook_count
        driver
        drivers
        identity
        identical
        credit
        credits
        credited
        debit
        """)

    /// Texts.
    static let texts = lines(
        """
        Passenger 57, please board
        The author pinned a post
        Author: Jane Austen
        Pinned: 3 of 12
        Compass with a leather case
        Bearer of good news
        the bearer of this letter may pass
        Basic plan
        Basic T-shirt, white
        Basic training for beginners
        Bearer bonds explained
        A secret garden
        The Secretary of State
        Token of appreciation
        Pin: a guide to brooches and badges for collectors
        Password must have 12 characters
        Password: must be at least 12 characters
        Password: can't be blank
        Your password has been changed
        Forgot your password?
        New password and confirmation do not match
        Show password
        Chocolate cookies, 250 g
        Cookie jar, large
        Sea salt, 1 kg
        Tan leather shoes
        Pass the salt
        Key ring with torch
        Keyboard, Spanish layout
        Monkey wrench 12"
        Order 4711
        Order 2024-000123
        Order no. 100002345678901
        ORD-2024-0001
        PO-4500012345
        INV-2024-00017
        111-2222222-3333333
        SKU 0012-3456-7890
        EAN 4006381333931
        ISBN 978-3-16-148410-0
        ISBN 9783161484100
        1Z999AA10123456784
        RR123456785DE
        +49 30 1234567
        +1 (555) 010-9999
        tel. 030 123456
        12:30 to 14:45
        2024-02-29T12:00:00Z
        29.02.2024
        1795395070566
        1700000000000000
        1700000000000000000
        192.168.0.1
        2001:db8::8a2e:370:7334
        51.507445678901234
        4.111111111111111
        0.4111111111111111
        -0.127758,51.507351
        550e8400-e29b-41d4-a716-446655440000
        d41d8cd98f00b204e9800998ecf8427e
        da39a3ee5e6b4b0d3255bfef95601890afd80709
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        v1.2.3
        1.0.0-rc.1+20240229
        Elixir.Phoenix.LiveView.Socket
        Elixir.Shop.CartLive
        lib/shop_web/live/cart_live.ex:42
        Token::Parser
        module Auth::Session
        a = b + c
        x == y
        if a: b else: c
        width: 100%; color: tan
        font-family: "Helvetica Neue", Arial
        class="btn btn-primary" id="pin-map"
        <input type="text" name="author" value="Jane">
        <a href="/authors/7">Jane</a>
        {"author":"Jane","pinned":true}
        {"passenger": {"name": "Ada", "seat": "12A"}}
        %{author: "Jane", pinned: true}
        [passengers: 2, pinned: false]
        author=Jane
        passengers=2&pinned=true
        SELECT id, author FROM books WHERE pinned = true
        key: value
        code: DE
        Country code: 49
        Time: 1:23
        Note: ring twice
        Re: your order
        Subject: Re: Passengers of flight 12
        mailto:support
        tea & coffee; milk & sugar
        100% cotton
        3 for 2
        Straße 7, 12345 Zürich
        Größe: 42
        日本語のテキスト
        Пассажир: Ада
        Zażółć gęślą jaźń
        😀 great
        sk-1234
        key-board
        SG.1
        AKIA
        ghp_
        hf_logo
        npm_config
        xoxo
        pk_live_4eC39HqLyjWDarjtT1zdp7dc
        -----BEGIN CERTIFICATE-----
        eyJ
        SFMyNTY
        DE89
        DE12 is a bus line
        078-05-112
        000-12-3456
        4111 1111
        1234 5678 9012 3456
        1 2 3 4 5 6 7 8 9 10 11 12 13
        nil
        true
        password
        token
        """)

    /// Addresses.
    static let addresses = lines(
        """
        /
        /products
        /products/12345
        /products/mug?color=red&size=XL
        /search?q=secret+garden
        /search?q=password
        /search?q=author:jane
        /authors/7
        /authors/jane-austen
        /passengers/12
        /passengers/12/edit
        /pins/9
        /pinned
        /orders/2024-000123
        /orders/confirm/ORD-2024-0001
        /orders/confirm/12345
        /users/log-in
        /users/log-in/new
        /users/reset_password
        /users/reset-password/new
        /users/settings/confirm-email
        /auth/google/callback
        /auth/github
        /login/step2
        /verify/email
        /invite/friends
        /share/summer-sale-2024-08
        /join/team-42
        /keys
        /keyboards?layout=es
        /tokens/12
        /cookies/chocolate
        /assets/app-2f3a1b4c5d6e7f8091a2b3c4d5e6f708.js
        /images/summer/2024/IMG_0042.jpg
        /docs/authentication#passwords
        https://shop.example/products?category=tea&page=2#top
        https://git@git.example/shop.git
        ssh://git@git.example:22/shop.git
        https://shop.example:8443/a;v=1/b
        /?page=2&sort=price&direction=desc
        /?utm_source=mail&utm_campaign=pinned
        /?lat=51.507351&lng=-0.127758
        /?from=2024-01-01&to=2024-02-29
        /?author=Jane%20Austen
        /?next=%2Fproducts%3Fpage%3D2
        /?passengers=2&class=basic
        """)

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
