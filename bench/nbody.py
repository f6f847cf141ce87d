"""The motion of the outer planets."""

PI = 3.14159265358979323
SOLAR_MASS = 4 * PI * PI
DAYS = 365.24


def bodies():
    sun = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS]
    jupiter = [
        [4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
        [0.00166007664274403694 * DAYS, 0.00769901118419740425 * DAYS, -0.0000690460016972063023 * DAYS],
        0.000954791938424326609 * SOLAR_MASS,
    ]
    saturn = [
        [8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
        [-0.00276742510726411021 * DAYS, 0.00499852801234917238 * DAYS, 0.0000230417297573763929 * DAYS],
        0.000285885980666130812 * SOLAR_MASS,
    ]
    uranus = [
        [12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
        [0.00296460137564761618 * DAYS, 0.00237847173959480950 * DAYS, -0.0000296589568540237556 * DAYS],
        0.0000436624404335156298 * SOLAR_MASS,
    ]
    neptune = [
        [15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
        [0.00268067772490389322 * DAYS, 0.00162824170038242295 * DAYS, -0.0000951592254519715870 * DAYS],
        0.0000515138902046611451 * SOLAR_MASS,
    ]
    return [sun, jupiter, saturn, uranus, neptune]


def advance(dt, n, system, pairs):
    for _ in range(n):
        for (p, v, m), (p2, v2, m2) in pairs:
            dx = p[0] - p2[0]
            dy = p[1] - p2[1]
            dz = p[2] - p2[2]
            mag = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            b = m2 * mag
            v[0] -= dx * b
            v[1] -= dy * b
            v[2] -= dz * b
            b = m * mag
            v2[0] += dx * b
            v2[1] += dy * b
            v2[2] += dz * b
        for p, v, m in system:
            p[0] += dt * v[0]
            p[1] += dt * v[1]
            p[2] += dt * v[2]


def energy(system, pairs):
    e = 0.0
    for (p, _, m), (p2, _, m2) in pairs:
        d = ((p[0] - p2[0]) ** 2 + (p[1] - p2[1]) ** 2 + (p[2] - p2[2]) ** 2) ** 0.5
        e -= m * m2 / d
    for _, v, m in system:
        e += m * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) / 2.0
    return e


def main():
    system = bodies()
    pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1 :]]
    px = py = pz = 0.0
    for _, v, m in system:
        px += v[0] * m
        py += v[1] * m
        pz += v[2] * m
    system[0][1][:] = [-px / SOLAR_MASS, -py / SOLAR_MASS, -pz / SOLAR_MASS]
    before = energy(system, pairs)
    advance(0.01, 15_000, system, pairs)
    return f"{before:.9f}", f"{energy(system, pairs):.9f}"


EXPECTED = ('-0.169075164', '-0.169057007')


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
