//! Places of a contract as values of the engine.
//!
//! Every container is made once per walk and shared by all calls, references followed where the walk follows them, so
//! the cost is linear in the contract. A reference that leads back to what holds it stays an object with `$ref`.

use crate::lint::functions::{Target, View};
use crate::syntax::Kind;
use crate::workspace::{Place, PlaceId};
use rquickjs::{Array, Ctx, Function, IntoJs, Object, Persistent, Result, Value};
use rustc_hash::FxHashMap;

/// Containers deeper than this stay empty: the parser refuses what is deeper, references can go on.
const DEEPEST: usize = 256;

/// What was made so far: by place, and by whether references were followed.
#[derive(Default)]
pub(super) struct Memo {
    made: FxHashMap<(PlaceId, bool), Persistent<Value<'static>>>,
    open: Vec<PlaceId>,
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memo({})", self.made.len())
    }
}

impl Memo {
    /// What a function is called with.
    pub(super) fn target<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        host: &Object<'js>,
        view: &View<'_>,
        target: Target<'_>,
    ) -> Result<Value<'js>> {
        match target {
            Target::Missing => Ok(Value::new_undefined(ctx.clone())),
            Target::Key(text) => text.into_js(ctx),
            Target::Index(index) => (index as f64).into_js(ctx),
            Target::IndexKey(index) => index.to_string().into_js(ctx),
            Target::Node(place) => self.place(ctx, host, view, place),
        }
    }

    /// A node with everything in it.
    pub(super) fn place<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        host: &Object<'js>,
        view: &View<'_>,
        place: Place<'_>,
    ) -> Result<Value<'js>> {
        if !matches!(place.kind(), Kind::Map | Kind::Seq) {
            return scalar(ctx, place);
        }
        let id = (place.id(), view.resolved);
        if let Some(made) = self.made.get(&id) {
            return made.clone().restore(ctx);
        }
        if self.open.contains(&place.id()) || self.open.len() > DEEPEST {
            return Object::new(ctx.clone()).map(Object::into_value);
        }
        self.open.push(place.id());
        let made = self.container(ctx, host, view, place);
        self.open.pop();
        let made = made?;
        self.made.insert(id, Persistent::save(ctx, made.clone()));
        Ok(made)
    }

    fn container<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        host: &Object<'js>,
        view: &View<'_>,
        place: Place<'_>,
    ) -> Result<Value<'js>> {
        if place.kind() == Kind::Seq {
            let list = Array::new(ctx.clone())?;
            for (at, element) in place.elements().enumerate() {
                list.set(at, self.child(ctx, host, view, element)?)?;
            }
            return Ok(list.into_value());
        }
        let object = Object::new(ctx.clone())?;
        for member in place.members() {
            let value = self.child(ctx, host, view, member.value)?;
            if member.name == "__proto__" {
                let define: Function<'js> = host.get("define")?;
                define.call::<_, Value<'js>>((object.clone(), member.name, value))?;
            } else {
                object.set(member.name, value)?;
            }
        }
        Ok(object.into_value())
    }

    fn child<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        host: &Object<'js>,
        view: &View<'_>,
        site: Place<'_>,
    ) -> Result<Value<'js>> {
        let place = view.follow(site);
        if place.id() != site.id() && self.open.contains(&place.id()) {
            let circular = Object::new(ctx.clone())?;
            circular.set("$ref", site.reference().unwrap_or_default())?;
            return Ok(circular.into_value());
        }
        self.place(ctx, host, view, place)
    }
}

fn scalar<'js>(ctx: &Ctx<'js>, place: Place<'_>) -> Result<Value<'js>> {
    match place.kind() {
        Kind::Null => Ok(Value::new_null(ctx.clone())),
        Kind::Bool => place.as_bool().into_js(ctx),
        Kind::Int | Kind::Float => match place.as_i64().map(i32::try_from) {
            Some(Ok(small)) => small.into_js(ctx),
            _ => place.as_f64().into_js(ctx),
        },
        _ => place.text().into_js(ctx),
    }
}
