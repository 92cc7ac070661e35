//! A plausible bank contract of any size, the same for the same arguments.

use std::fmt::Write;

const RESOURCES: &[&str] = &[
    "accounts",
    "balances",
    "payments",
    "mandates",
    "beneficiaries",
    "cards",
    "statements",
    "transactions",
    "consents",
    "standing-orders",
];
const FIELDS: &[(&str, &str)] = &[
    (
        "iban",
        "type: string\n          pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'\n          example: DE89370400440532013000",
    ),
    (
        "amount",
        "type: string\n          description: \"Decimal number as text, dot as separator: `12.50`.\"\n          maxLength: 18",
    ),
    ("currency", "type: string\n          enum: [EUR, USD, GBP, CHF]"),
    (
        "status",
        "type: string\n          enum:\n            - PENDING\n            - BOOKED\n            - REJECTED # final\n          default: PENDING",
    ),
    ("bookedAt", "type: string\n          format: date-time\n          nullable: true"),
    (
        "reference",
        "type: string\n          maxLength: 140\n          description: >-\n            What the payer wrote, at most 140 characters,\n            as it was received from the other bank.",
    ),
    ("count", "type: integer\n          format: int32\n          minimum: 0\n          maximum: 100000"),
    ("links", "type: array\n          items:\n            $ref: '#/components/schemas/Link'"),
];

/// A contract of `resources` resources as YAML.
pub(crate) fn yaml(resources: usize) -> String {
    let mut out = String::from(
        "openapi: 3.0.3\ninfo:\n  title: Generated bank\n  version: 1.4.0\n  description: |\n    Accounts and payments.\n\n    * made for measurements\nservers:\n  - url: https://api.bank.example/v1\npaths:\n",
    );
    for number in 0..resources {
        let name = format!("{}-{number}", RESOURCES[number % RESOURCES.len()]);
        let _ = write!(
            out,
            "  /{name}:\n    get:\n      operationId: list-{name}\n      summary: List of {name}\n      tags: [{name}]\n      parameters:\n        - name: limit\n          in: query\n          required: false\n          schema:\n            type: integer\n            maximum: 200\n        - $ref: '#/components/parameters/RequestId'\n      responses:\n        '200':\n          description: A page of {name}.\n          content:\n            application/json:\n              schema:\n                type: array\n                maxItems: 200\n                items:\n                  $ref: '#/components/schemas/Item{number}'\n        '400': {{$ref: '#/components/responses/Bad'}}\n        default:\n          $ref: '#/components/responses/Bad'\n      security:\n        - oauth: [read]\n    post:\n      operationId: create-{name}\n      summary: New entry in {name}\n      requestBody:\n        required: true\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/Item{number}'\n      responses:\n        \"201\":\n          description: \"Created\"\n"
        );
    }
    out.push_str("components:\n  parameters:\n    RequestId:\n      name: X-Request-ID\n      in: header\n      required: true\n      schema: {type: string, format: uuid}\n  responses:\n    Bad:\n      description: The request was refused.\n  securitySchemes:\n    oauth:\n      type: oauth2\n      flows:\n        clientCredentials:\n          tokenUrl: https://id.bank.example/token\n          scopes: {read: Read}\n  schemas:\n    Link:\n      type: object\n      properties:\n        href:\n          type: string\n          format: uri\n");
    for number in 0..resources {
        let _ = write!(
            out,
            "    Item{number}:\n      type: object\n      required:\n      - iban\n      - amount\n      properties:\n"
        );
        for step in 0..5 {
            let (name, body) = FIELDS[(number * 3 + step) % FIELDS.len()];
            let _ = writeln!(out, "        {name}:\n          {body}");
        }
    }
    out
}
