"""An incremental solver of one-way constraints with strengths."""

REQUIRED, STRONG_PREFERRED, PREFERRED, STRONG_DEFAULT, NORMAL, WEAK_DEFAULT, WEAKEST = range(7)
FORWARD, NONE, BACKWARD = 1, 0, -1


class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.mark = 0
        self.strength = WEAKEST
        self.stay = True


class Constraint:
    def __init__(self, strength):
        self.strength = strength

    def add(self, planner):
        self.attach()
        planner.incremental_add(self)

    def destroy(self, planner):
        if self.satisfied():
            planner.incremental_remove(self)
        else:
            self.detach()

    def is_input(self):
        return False

    def satisfy(self, mark, planner):
        self.choose(mark)
        if not self.satisfied():
            if self.strength == REQUIRED:
                raise RuntimeError("a required constraint cannot be satisfied")
            return None
        self.mark_inputs(mark)
        out = self.output()
        overridden = out.determined_by
        if overridden is not None:
            overridden.unsatisfy()
        out.determined_by = self
        if not planner.add_propagate(self, mark):
            raise RuntimeError("cycle")
        out.mark = mark
        return overridden


class Unary(Constraint):
    def __init__(self, variable, strength, planner):
        super().__init__(strength)
        self.variable = variable
        self.active = False
        self.add(planner)

    def attach(self):
        self.variable.constraints.append(self)
        self.active = False

    def detach(self):
        self.variable.constraints.remove(self)
        self.active = False

    def choose(self, mark):
        self.active = self.variable.mark != mark and self.strength < self.variable.strength

    def satisfied(self):
        return self.active

    def unsatisfy(self):
        self.active = False

    def output(self):
        return self.variable

    def mark_inputs(self, mark):
        pass

    def inputs_known(self, mark):
        return True

    def recalculate(self):
        self.variable.strength = self.strength
        self.variable.stay = not self.is_input()
        if self.variable.stay:
            self.execute()

    def execute(self):
        pass


class Stay(Unary):
    pass


class Edit(Unary):
    def is_input(self):
        return True


class Binary(Constraint):
    def __init__(self, a, b, strength, planner):
        super().__init__(strength)
        self.a = a
        self.b = b
        self.direction = NONE
        self.prepare()
        self.add(planner)

    def prepare(self):
        pass

    def attach(self):
        self.a.constraints.append(self)
        self.b.constraints.append(self)
        self.direction = NONE

    def detach(self):
        self.a.constraints.remove(self)
        self.b.constraints.remove(self)
        self.direction = NONE

    def choose(self, mark):
        a, b = self.a, self.b
        if a.mark == mark:
            ok = b.mark != mark and self.strength < b.strength
            self.direction = FORWARD if ok else NONE
        elif b.mark == mark:
            self.direction = BACKWARD if self.strength < a.strength else NONE
        elif a.strength > b.strength:
            self.direction = BACKWARD if self.strength < a.strength else NONE
        else:
            self.direction = FORWARD if self.strength < b.strength else BACKWARD

    def satisfied(self):
        return self.direction != NONE

    def unsatisfy(self):
        self.direction = NONE

    def input(self):
        return self.a if self.direction == FORWARD else self.b

    def output(self):
        return self.b if self.direction == FORWARD else self.a

    def mark_inputs(self, mark):
        self.input().mark = mark

    def inputs_known(self, mark):
        v = self.input()
        return v.mark == mark or v.stay or v.determined_by is None

    def recalculate(self):
        i, o = self.input(), self.output()
        o.strength = max(self.strength, i.strength)
        o.stay = i.stay
        if o.stay:
            self.execute()


class Equality(Binary):
    def execute(self):
        self.output().value = self.input().value


class Scale(Binary):
    def __init__(self, source, factor, offset, target, strength, planner):
        self.factor = factor
        self.offset = offset
        super().__init__(source, target, strength, planner)

    def attach(self):
        super().attach()
        self.factor.constraints.append(self)
        self.offset.constraints.append(self)

    def detach(self):
        super().detach()
        self.factor.constraints.remove(self)
        self.offset.constraints.remove(self)

    def mark_inputs(self, mark):
        super().mark_inputs(mark)
        self.factor.mark = self.offset.mark = mark

    def execute(self):
        if self.direction == FORWARD:
            self.b.value = self.a.value * self.factor.value + self.offset.value
        else:
            self.a.value = (self.b.value - self.offset.value) // self.factor.value

    def recalculate(self):
        i, o = self.input(), self.output()
        o.strength = max(self.strength, i.strength)
        o.stay = i.stay and self.factor.stay and self.offset.stay
        if o.stay:
            self.execute()


class Planner:
    def __init__(self):
        self.mark = 0

    def new_mark(self):
        self.mark += 1
        return self.mark

    def incremental_add(self, c):
        mark = self.new_mark()
        overridden = c.satisfy(mark, self)
        while overridden is not None:
            overridden = overridden.satisfy(mark, self)

    def incremental_remove(self, c):
        out = c.output()
        c.unsatisfy()
        c.detach()
        unsatisfied = self.remove_propagate(out)
        for strength in range(REQUIRED, WEAKEST):
            for u in unsatisfied:
                if u.strength == strength:
                    self.incremental_add(u)

    def make_plan(self, sources):
        mark = self.new_mark()
        plan = []
        todo = sources
        while todo:
            c = todo.pop()
            if c.output().mark != mark and c.inputs_known(mark):
                plan.append(c)
                c.output().mark = mark
                self.add_consuming(c.output(), todo)
        return plan

    def extract_plan(self, constraints):
        return self.make_plan([c for c in constraints if c.is_input() and c.satisfied()])

    def add_propagate(self, c, mark):
        todo = [c]
        while todo:
            d = todo.pop()
            if d.output().mark == mark:
                self.incremental_remove(c)
                return False
            d.recalculate()
            self.add_consuming(d.output(), todo)
        return True

    def remove_propagate(self, out):
        out.determined_by = None
        out.strength = WEAKEST
        out.stay = True
        unsatisfied = []
        todo = [out]
        while todo:
            v = todo.pop()
            for c in v.constraints:
                if not c.satisfied():
                    unsatisfied.append(c)
            determining = v.determined_by
            for c in v.constraints:
                if c is not determining and c.satisfied():
                    c.recalculate()
                    todo.append(c.output())
        return unsatisfied

    def add_consuming(self, v, into):
        determining = v.determined_by
        for c in v.constraints:
            if c is not determining and c.satisfied():
                into.append(c)


def change(planner, v, value):
    edit = Edit(v, PREFERRED, planner)
    plan = planner.extract_plan([edit])
    for _ in range(10):
        v.value = value
        for c in plan:
            c.execute()
    edit.destroy(planner)


def chain(n):
    planner = Planner()
    variables = [Variable(f"v{i}") for i in range(n + 1)]
    for a, b in zip(variables, variables[1:]):
        Equality(a, b, REQUIRED, planner)
    Stay(variables[-1], STRONG_DEFAULT, planner)
    edit = Edit(variables[0], PREFERRED, planner)
    plan = planner.extract_plan([edit])
    for i in range(60):
        variables[0].value = i
        for c in plan:
            c.execute()
        assert variables[-1].value == i
    edit.destroy(planner)
    return variables[-1].value


def projection(n):
    planner = Planner()
    scale, offset = Variable("scale", 10), Variable("offset", 1000)
    targets = []
    for i in range(n):
        source, target = Variable(f"s{i}", i), Variable(f"t{i}", i)
        targets.append(target)
        Stay(source, NORMAL, planner)
        Scale(source, scale, offset, target, REQUIRED, planner)
    change(planner, source, 17)
    assert target.value == 1170
    change(planner, target, 1050)
    assert source.value == 5
    change(planner, scale, 5)
    change(planner, offset, 2000)
    return sum(t.value for t in targets)


def main():
    for _ in range(6):
        result = chain(300), projection(300)
    return result


EXPECTED = (59, 822780)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
