use super::*;
use crate::workspace::Workspace;

fn labels(operations: &[Operation<'_>]) -> Vec<String> {
    operations.iter().map(Operation::label).collect()
}

#[test]
fn the_version_is_detected_or_what_was_found_is_named() {
    for (text, version) in [
        ("swagger: '2.0'\n", Version::V2_0),
        ("swagger: 2.0\n", Version::V2_0),
        ("openapi: 3.0.3\n", Version::V3_0),
        ("openapi: '3.1'\n", Version::V3_1),
        ("openapi: 3.2.0\n", Version::V3_2),
    ] {
        assert_eq!(Version::detect(Workspace::from_text("a.yaml", text).root()).unwrap(), version);
    }
    for (text, words) in [
        ("openapi: 4.0.0\n", "`4.0.0`"),
        ("swagger: '1.2'\n", "`1.2`"),
        ("asyncapi: 2.0.0\n", "AsyncAPI"),
        ("a: 1\n", "no `openapi`"),
        ("- a\n", "an array"),
        ("openapi: 3.10.0\n", "`3.10.0`"),
    ] {
        let error = Version::detect(Workspace::from_text("a.yaml", text).root()).unwrap_err();
        assert!(error.message.contains(words), "{}", error.message);
    }
}

#[test]
fn swagger_and_openapi_3_look_the_same() {
    let two = Workspace::from_text(
        "two.yaml",
        "swagger: '2.0'\nhost: x.test\nbasePath: /v1\nschemes: [https]\nconsumes: [application/json]\nproduces: [application/json]\n\
         paths:\n  /a/{id}:\n    parameters: [{in: path, name: id, required: true, type: string}]\n    post:\n      parameters:\n\
         \x20     - {in: body, name: b, required: true, schema: {type: object}}\n      - {in: query, name: q, type: array, collectionFormat: multi, items: {type: string}}\n\
         \x20     responses: {200: {description: ok, schema: {type: string}}}\n",
    );
    let three = Workspace::from_text(
        "three.yaml",
        "openapi: 3.0.0\nservers: [{url: 'https://x.test/v1'}]\npaths:\n  /a/{id}:\n    parameters: [{in: path, name: id, required: true, schema: {type: string}}]\n\
         \x20   post:\n      parameters: [{in: query, name: q, schema: {type: array, items: {type: string}}}]\n\
         \x20     requestBody: {required: true, content: {application/json: {schema: {type: object}}}}\n\
         \x20     responses: {200: {description: ok, content: {application/json: {schema: {type: string}}}}}\n",
    );
    let read = |workspace| {
        let api = Api::open(workspace).unwrap();
        let operation = api.operations()[0];
        let parameters: Vec<_> =
            operation.parameters().iter().map(|p| (p.label(), p.required(), format!("{:?}", p.style()))).collect();
        let body = operation.body().unwrap();
        let media: Vec<_> = body.media_types.iter().map(|media| media.name.to_owned()).collect();
        let responses: Vec<_> =
            operation.responses().iter().map(|r| (r.status.to_owned(), r.media_types()[0].name.to_owned())).collect();
        (operation.label(), parameters, body.required, media, responses, operation.servers()[0].url.clone())
    };
    assert_eq!(read(&two), read(&three));
}

#[test]
fn form_parameters_are_one_body() {
    let workspace = Workspace::from_text(
        "a.yaml",
        "swagger: '2.0'\npaths: {/f: {post: {parameters: [{in: formData, name: f, type: file, required: true}, {in: formData, name: n, type: string}], responses: {}}}}\n",
    );
    let body = Api::open(&workspace).unwrap().operations()[0].body().unwrap();
    assert!(body.required);
    assert_eq!(body.media_types[0].name, "multipart/form-data");
    assert!(matches!(&body.media_types[0].schema, Some(SchemaRef::Form(fields)) if fields.len() == 2));
}

#[test]
fn own_parameters_replace_shared_ones_and_ignored_headers_are_left_out() {
    let workspace = Workspace::from_text(
        "a.yaml",
        "openapi: 3.0.0\npaths:\n  /a:\n    parameters: [{in: header, name: X-A, schema: {type: string}}, {in: header, name: Accept, schema: {}}]\n\
         \x20   get:\n      parameters: [{in: header, name: x-a, required: true, schema: {type: integer}}]\n      responses: {}\n",
    );
    let parameters = Api::open(&workspace).unwrap().operations()[0].parameters();
    assert_eq!(parameters.len(), 1);
    assert!(parameters[0].required());
}

#[test]
fn webhooks_callbacks_and_new_methods_are_operations() {
    let workspace = Workspace::from_text(
        "a.yaml",
        "openapi: 3.2.0\npaths:\n  /a:\n    query: {callbacks: {done: {'{$request.body#/url}': {post: {}}}}}\n    additionalOperations: {LINK: {}}\n\
         webhooks: {paid: {post: {}}}\n",
    );
    let api = Api::open(&workspace).unwrap();
    assert_eq!(
        labels(&api.all_operations()),
        ["QUERY /a", "LINK /a", "POST webhook paid", "POST callback {$request.body#/url}"]
    );
}

#[test]
fn security_is_a_set_of_alternatives() {
    let workspace = Workspace::from_text(
        "a.yaml",
        "openapi: 3.0.0\nsecurity: [{a: [], b: [x]}, {c: []}]\npaths: {/a: {get: {}, post: {security: []}, put: {security: [{}]}}}\n",
    );
    let operations = Api::open(&workspace).unwrap().operations();
    let security = operations[0].security();
    assert!(security.inherited && !security.allows_anonymous());
    assert_eq!(security.alternatives[0].schemes[1].scopes, ["x"]);
    assert!(operations[1].security().allows_anonymous() && operations[2].security().allows_anonymous());
}

#[test]
fn server_urls_are_expanded() {
    let workspace = Workspace::from_text(
        "a.yaml",
        "openapi: 3.0.0\nservers: [{url: 'https://{r}.x.test/{v}', variables: {r: {default: eu, enum: [eu, us]}, v: {default: v1}}}]\n",
    );
    let servers = Api::open(&workspace).unwrap().servers();
    assert_eq!(servers[0].urls(), ["https://eu.x.test/v1", "https://us.x.test/v1"]);
}
