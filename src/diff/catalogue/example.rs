//! Whole contracts around the snippets of pages, one for each subject.
//!
//! Takes a subject and a snippet; gives YAML. The snippet stands where the contract has `@`.

use super::Snippet;
use crate::diff::change::Subject;

const BODY: &str = "\
paths:
  /payments:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:@
      responses:
        '204':
          description: Done
";

const PROPERTY: &str = "\
paths:
  /payments:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                value:@
      responses:
        '204':
          description: Done
";

const PARAMETER: &str = "\
paths:
  /payments:
    get:
      parameters:
      - in: query
        name: value
        schema:@
      responses:
        '204':
          description: Done
";

const PARAMETER_OBJECT: &str = "\
paths:
  /payments:
    get:
      parameters:
      - in: query
        name: filter
        style: deepObject
        explode: true
        schema:@
      responses:
        '204':
          description: Done
";

const PARAMETER_PROPERTY: &str = "\
paths:
  /payments:
    get:
      parameters:
      - in: query
        name: filter
        style: deepObject
        explode: true
        schema:
          type: object
          properties:
            value:@
      responses:
        '204':
          description: Done
";

const RESPONSE_BODY: &str = "\
paths:
  /payments:
    get:
      responses:
        '200':
          description: Payments
          content:
            application/json:
              schema:@
";

const RESPONSE_PROPERTY: &str = "\
paths:
  /payments:
    get:
      responses:
        '200':
          description: Payments
          content:
            application/json:
              schema:
                type: object
                required:
                - value
                properties:
                  value:@
";

const HEADER: &str = "\
paths:
  /payments:
    get:
      responses:
        '200':
          description: Payments
          headers:
            X-Value:
              schema:@
";

const PROPERTY_FIELDS: &str = "\
paths:
  /payments:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                memo:
                  type: string
                  @
      responses:
        '204':
          description: Done
";

const PARAMETER_FIELDS: &str = "\
paths:
  /payments:
    get:
      parameters:
      - in: query
        name: limit
        schema:
          type: integer
        @
      responses:
        '204':
          description: Done
";

const RESPONSE_PROPERTY_FIELDS: &str = "\
paths:
  /payments:
    get:
      responses:
        '200':
          description: Payments
          content:
            application/json:
              schema:
                type: object
                properties:
                  memo:
                    type: string
                    @
";

const HEADER_FIELDS: &str = "\
paths:
  /payments:
    get:
      responses:
        '200':
          description: Payments
          headers:
            X-Value:
              schema:
                type: string
              @
";

const OPERATION_FIELDS: &str = "\
paths:
  /payments:
    get:
      @
      responses:
        '204':
          description: Done
";

/// Returns the contract that a snippet stands for.
pub(super) fn document(subject: Subject, snippet: Snippet, text: &str) -> String {
    let around = match (snippet, subject) {
        (Snippet::Whole, _) => return text.to_owned(),
        (Snippet::Schema, Subject::RequestBody) | (Snippet::Object, Subject::RequestProperty) => BODY,
        (Snippet::Schema, Subject::RequestProperty) => PROPERTY,
        (Snippet::Schema, Subject::RequestParameter) => PARAMETER,
        (Snippet::Schema, Subject::RequestParameterProperty) => PARAMETER_PROPERTY,
        (Snippet::Object, Subject::RequestParameterProperty) => PARAMETER_OBJECT,
        (Snippet::Schema, Subject::ResponseBody) | (Snippet::Object, Subject::ResponseProperty) => RESPONSE_BODY,
        (Snippet::Schema, Subject::ResponseProperty) => RESPONSE_PROPERTY,
        (Snippet::Schema, Subject::ResponseHeader) | (Snippet::Object, Subject::ResponseHeaderProperty) => HEADER,
        (Snippet::Element, Subject::RequestProperty) => PROPERTY_FIELDS,
        (Snippet::Element, Subject::RequestParameter) => PARAMETER_FIELDS,
        (Snippet::Element, Subject::ResponseProperty) => RESPONSE_PROPERTY_FIELDS,
        (Snippet::Element, Subject::ResponseHeader) => HEADER_FIELDS,
        (Snippet::Element | Snippet::Schema | Snippet::Object, _) => OPERATION_FIELDS,
    };
    let mut out = String::from("openapi: 3.1.0\ninfo:\n  title: Payments\n  version: 1.0.0\n");
    for line in around.lines() {
        let Some(before) = line.strip_suffix('@') else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let indent = before.len() - before.trim_start().len();
        let (key, indent) = if before.trim().is_empty() { ("", indent) } else { (before, indent + 2) };
        // `true` and `false` stand on the line of the key.
        if !key.is_empty() && text.lines().count() == 1 && !text.contains(": ") {
            out.push_str(&format!("{key} {}\n", text.trim_end()));
            continue;
        }
        if !key.is_empty() {
            out.push_str(&format!("{key}\n"));
        }
        out.extend(text.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))));
    }
    out
}
