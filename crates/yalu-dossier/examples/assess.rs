//! dev
fn main() {
    let t = std::time::Instant::now();
    let d = yalu_dossier::load::load_dossier(std::path::Path::new(&std::env::args().nth(1).unwrap()));
    let d = match d { Ok(d) => d, Err(e) => { println!("{e}"); return; } };
    let a = yalu_dossier::pipeline::assess(&d, &Default::default()).map_err(|e| e.to_string()).unwrap();
    for x in &a {
        println!("== {} {:?}\n{}", x.as_of, x.verdict.rung, x.verdict.headline);
        for r in &x.verdict.reasons { println!("  - {r}"); }
        for r in &x.verdict.would_move { println!("  > {r}"); }
        println!("  P {:?} conf {:?}", x.verdict.probability, x.verdict.confidence);
        println!("  lasting_from {:?}", x.verdict.lasting_from);
        for i in &x.indicators { println!("  ## {} {:?}", i.id, i.rung); for r in &i.reasons { println!("     {r}"); }
          println!("     dating {:?}", i.dating.iter().map(|d| (d.at.clone(), d.bic, d.chosen)).collect::<Vec<_>>());
          println!("     shift {:?} other {:?}", i.shift, i.other_breaks);
          println!("     tests rho {:?} disp {:?}", i.test_with_response.as_ref().map(|t|(t.serial_correlation)), i.test_with_response.as_ref().map(|t|t.dispersion));
          if let Some(r) = &i.responsiveness { for t in &r.terms { println!("       {} x{:.2} [{:.2},{:.2}] p {:.3}", t.name, t.effect, t.interval[0], t.interval[1], t.p_value); } println!("  share {:?}", r.shift_share); }
          if let Some(c) = &i.curve { println!("   curve n {} rungs {:?} fail {:?}", c.fits.len(), c.rungs, c.failures); for ch in &c.choices { println!("     {} spread {:.2} {:?}", ch.choice, ch.spread, ch.options.iter().map(|o| (o.option.clone(), o.share_surviving)).collect::<Vec<_>>()); } }
        }
    }
    println!("{:?}", t.elapsed());
    std::fs::write("/tmp/assessment.json", serde_json::to_string_pretty(&a[0]).unwrap()).unwrap();
}
