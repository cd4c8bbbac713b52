// Hash order, time, and threads that race for one list.
use std::collections::HashMap;
use std::sync::{mpsc, Arc, Mutex};
use std::time::{Instant, SystemTime};

fn main() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let (send, receive) = mpsc::channel();
    let threads: Vec<_> = (0..6)
        .map(|name| {
            let (order, send) = (order.clone(), send.clone());
            std::thread::spawn(move || {
                for step in 0..40 {
                    order.lock().unwrap().push((name, step));
                    send.send(name).unwrap();
                    std::thread::yield_now();
                }
            })
        })
        .collect();
    drop(send);
    let received: Vec<i32> = receive.iter().collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let ages: HashMap<i32, i32> = (0..20).map(|key| (key, key * key)).collect();
    println!("{:?} {:?} {:?}", order.lock().unwrap(), received, ages);
    println!("{:?} {:?}", SystemTime::now(), Instant::now());
}
